/// <reference lib="dom" />
/**
 * The bearer token of this tab. It is kept in the storage of the tab's session, which nothing
 * outlives, and no address ever has it. A tab that has none, opened by a copied link, asks the open
 * tabs of the same origin: a BroadcastChannel reaches no other.
 */

const KEY = "lasthop-token";
const CHANNEL = "lasthop-token";
/** What a token is made of. */
const TOKEN = /^[!-~]{1,1000}$/;
/** How long other tabs have to answer. Only a tab that was refused waits for it. */
const ANSWER_MS = 300;
/** Tokens that are tried; each of them costs a request. */
const OFFERS_MAX = 4;

let inMemory: string | null = null;

/** The bearer token of this tab; null when none was given. */
export const token = {
  get(): string | null {
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      // Storage may be forbidden; the token then lives as long as the page.
      return inMemory;
    }
  },
  set(value: string): void {
    inMemory = value;
    try {
      sessionStorage.setItem(KEY, value);
    } catch { /* as above */ }
  },
};

/**
 * Takes the token out of the fragment of the URL that a local page is opened by, and out of the
 * address bar, where it could be copied or seen. Call it before anything reads the fragment.
 */
export function takeTokenFromUrl(): void {
  const parts = location.hash.replace(/^#/, "").split("&");
  const [given, ...others] = parts.filter((part) => part.startsWith("token="));
  if (given === undefined) return;
  const value = given.slice("token=".length);
  if (TOKEN.test(value)) token.set(value);
  const left = parts.filter((part) => part !== given && !others.includes(part)).join("&");
  const hash = left === "" ? "" : `#${left}`;
  history.replaceState(history.state, "", location.pathname + location.search + hash);
}

/** Answers other tabs of this origin that ask for the token, for as long as the page is open. */
export function lendToken(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ origin, data }) => {
    const mine = token.get();
    if (origin !== location.origin || data?.ask === undefined || mine === null) return;
    channel.postMessage({ answer: data.ask, token: mine });
  });
}

/** Tokens of other open tabs of this origin, without the one that this tab has. */
export async function borrowTokens(): Promise<string[]> {
  const ask = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const offers = new Set<string>();
  const channel = new BroadcastChannel(CHANNEL);
  try {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, ANSWER_MS);
      channel.addEventListener("message", ({ origin, data }) => {
        if (origin !== location.origin || data?.answer !== ask) return;
        if (typeof data.token === "string" && TOKEN.test(data.token)) offers.add(data.token);
        if (offers.size >= OFFERS_MAX) resolve();
      });
      channel.postMessage({ ask });
    });
  } finally {
    channel.close();
  }
  offers.delete(token.get() ?? "");
  return [...offers];
}
