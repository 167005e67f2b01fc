/** So many bytes by chance as base64url, which may stand in an address, a header and a file's name. */
export function randomText(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  const base64 = btoa(String.fromCharCode(...random));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
