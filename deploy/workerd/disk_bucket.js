/**
 * A folder as the part of an R2 bucket that the ingest uses. workerd's disk service reads, lists,
 * deletes, and writes a file whole or not at all, without waiting for the disk itself.
 */
export default function diskBucket({ disk }) {
  const at = (key) => `http://disk/${key.split("/").map(encodeURIComponent).join("/")}`;
  const failed = (action, key, { status }) =>
    new Error(`Cannot ${action} ${key}: the disk answered ${status}`);

  async function list(folder) {
    const response = await disk.fetch(at(folder));
    if (response.status === 404) return [];
    if (!response.ok) throw failed("list", folder, response);
    const found = [];
    for (const { name, type } of await response.json()) {
      const path = `${folder}${name}`;
      if (type === "directory") found.push(...await list(`${path}/`));
      if (type === "file") found.push({ key: path });
    }
    return found;
  }

  return {
    async put(key, value) {
      const response = await disk.fetch(at(key), { method: "PUT", body: value });
      if (!response.ok) throw failed("write", key, response);
      return { key };
    },
    async get(key) {
      const response = await disk.fetch(at(key));
      if (response.status === 404) return null;
      if (!response.ok) throw failed("read", key, response);
      return response;
    },
    async delete(keys) {
      for (const key of [keys].flat()) {
        const response = await disk.fetch(at(key), { method: "DELETE" });
        if (!response.ok && response.status !== 404) throw failed("delete", key, response);
      }
    },
    /** All of them at once, by name: `truncated` is never true. */
    async list({ prefix = "" } = {}) {
      const all = await list(prefix.slice(0, prefix.lastIndexOf("/") + 1));
      const objects = all.filter(({ key }) => key.startsWith(prefix));
      return { objects: objects.sort((a, b) => a.key < b.key ? -1 : 1), truncated: false };
    },
  };
}
