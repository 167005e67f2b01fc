/**
 * An API server of a cluster, as far as lasthop asks one, over TLS: lists in pages, watches, bookmarks, versions
 * that are too old. Objects are given to it as the real one has them (`test/kube/recorded`).
 *
 * `tls/` was made by openssl: `req -x509 -newkey ec` for the authority, whose key was thrown away, and
 * `x509 -req` with `subjectAltName=IP:127.0.0.1,DNS:localhost` for the server, both for 100 years.
 */

/** An object, as the API has it. */
export type ApiObject = Record<string, unknown> & {
  metadata: { name: string; namespace?: string; [word: string]: unknown };
};

interface Change {
  version: number;
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: ApiObject;
}

interface Watch {
  resource: string;
  send: (line: unknown) => void;
  end: () => void;
}

const here = (name: string) => new URL(`tls/${name}`, import.meta.url);

/** The authority of its certificate, PEM. */
export const AUTHORITY = Deno.readTextFileSync(here("authority.pem"));

const keyOf = ({ metadata: { namespace = "", name } }: ApiObject) => `${namespace}/${name}`;

/** It answers from when it is made until it is closed. */
export class FakeApi {
  /** Requests so far, path and query. */
  readonly asked: string[] = [];
  /** Kinds that nobody may read. */
  readonly forbidden = new Set<string>();
  /** Groups, and their versions. */
  groups: Record<string, string[]> = {
    "discovery.k8s.io": ["v1"],
    "networking.k8s.io": ["v1"],
  };
  #objects = new Map<string, Map<string, ApiObject>>();
  #changes = new Map<string, Change[]>();
  #watches = new Set<Watch>();
  #watchOpened = Promise.withResolvers<void>();
  #version = 100;
  /** Changes up to this version are forgotten. */
  #oldest = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** `token`: what must be shown. */
  constructor(readonly token = "secret") {
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      cert: Deno.readTextFileSync(here("server.pem")),
      key: Deno.readTextFileSync(here("server.key")),
      onListen() {},
    }, (request) => this.#answer(request));
  }

  get url(): string {
    return `https://127.0.0.1:${this.#server.addr.port}`;
  }

  /** A kubeconfig for it, as JSON. */
  kubeconfig(user: Record<string, unknown> = { token: this.token }): string {
    return JSON.stringify({
      "current-context": "test",
      contexts: [{ name: "test", context: { cluster: "kind", user: "me" } }],
      clusters: [{
        name: "kind",
        cluster: { server: this.url, "certificate-authority-data": btoa(AUTHORITY) },
      }],
      users: [{ name: "me", user }],
    });
  }

  put(resource: string, ...objects: ApiObject[]): void {
    for (const object of objects) {
      const own = this.#objects.get(resource) ?? new Map<string, ApiObject>();
      this.#objects.set(resource, own);
      const type = own.has(keyOf(object)) ? "MODIFIED" : "ADDED";
      const stored = this.#stamped(object);
      own.set(keyOf(object), stored);
      this.#changed(resource, type, stored);
    }
  }

  remove(resource: string, name: string, namespace?: string): void {
    const key = `${namespace ?? ""}/${name}`;
    const object = this.#objects.get(resource)?.get(key);
    if (object === undefined) throw new Error(`no ${resource} ${key}`);
    this.#objects.get(resource)!.delete(key);
    this.#changed(resource, "DELETED", this.#stamped(object));
  }

  /** Tells watches of a version, and of nothing else. */
  bookmark(resource: string): void {
    const object = { metadata: { resourceVersion: String(this.#version) } };
    for (const watch of this.#of(resource)) watch.send({ type: "BOOKMARK", object });
  }

  /** Ends what is watched; `forget`: nobody can go on from before now. */
  endWatches({ forget = false } = {}): void {
    if (forget) this.#oldest = ++this.#version;
    for (const watch of this.#watches) watch.end();
  }

  /** Resolves when the next watch is open. */
  get nextWatch(): Promise<void> {
    return this.#watchOpened.promise;
  }

  /** How many watches of a kind are open. */
  watches(resource: string): number {
    return this.#of(resource).length;
  }

  async close(): Promise<void> {
    this.endWatches();
    await this.#server.shutdown();
  }

  #of(resource: string): Watch[] {
    return [...this.#watches].filter((watch) => watch.resource === resource);
  }

  #stamped(object: ApiObject): ApiObject {
    const resourceVersion = String(++this.#version);
    return { ...object, metadata: { ...object.metadata, resourceVersion } };
  }

  #changed(resource: string, type: Change["type"], object: ApiObject): void {
    const change = { version: this.#version, type, object };
    this.#changes.set(resource, [...this.#changes.get(resource) ?? [], change]);
    for (const watch of this.#of(resource)) watch.send({ type, object });
  }

  #answer(request: Request): Response {
    const url = new URL(request.url);
    this.asked.push(url.pathname + url.search);
    if (request.headers.get("authorization") !== `Bearer ${this.token}`) {
      return status(401, "Unauthorized");
    }
    if (url.pathname === "/apis") {
      const groups = Object.entries(this.groups).map(([name, versions]) => ({
        name,
        versions: versions.map((version) => ({ groupVersion: `${name}/${version}`, version })),
      }));
      return Response.json({ kind: "APIGroupList", groups });
    }
    const resource = url.pathname.split("/").at(-1)!;
    if (this.forbidden.has(resource)) {
      return status(403, `${resource} is forbidden: User "me" cannot list resource "${resource}"`);
    }
    return url.searchParams.get("watch") === "true"
      ? this.#watch(resource, url.searchParams)
      : this.#list(resource, url.searchParams);
  }

  #list(resource: string, query: URLSearchParams): Response {
    const all = [...this.#objects.get(resource)?.values() ?? []];
    const limit = Number(query.get("limit") ?? all.length);
    const from = Number(query.get("continue") ?? 0);
    const items = all.slice(from, from + limit);
    const next = from + limit < all.length ? String(from + limit) : "";
    const metadata = { resourceVersion: String(this.#version), continue: next };
    return Response.json({ kind: "List", metadata, items });
  }

  #watch(resource: string, query: URLSearchParams): Response {
    const from = Number(query.get("resourceVersion"));
    const seconds = Number(query.get("timeoutSeconds") ?? 60);
    const encoder = new TextEncoder();
    let watch: Watch;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (line: unknown) => {
          controller.enqueue(encoder.encode(JSON.stringify(line) + "\n"));
        };
        const timer = setTimeout(() => watch.end(), seconds * 1_000);
        const end = () => {
          clearTimeout(timer);
          if (this.#watches.delete(watch)) controller.close();
        };
        this.#watches.add(watch = { resource, send, end });
        this.#watchOpened.resolve();
        this.#watchOpened = Promise.withResolvers();
        if (from < this.#oldest) {
          send({ type: "ERROR", object: { kind: "Status", code: 410, message: "too old" } });
          return end();
        }
        for (const { version, type, object } of this.#changes.get(resource) ?? []) {
          if (version > from) send({ type, object });
        }
      },
      cancel: () => {
        this.#watches.delete(watch);
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  }
}

const status = (code: number, message: string) =>
  Response.json({ kind: "Status", status: "Failure", code, message }, { status: code });
