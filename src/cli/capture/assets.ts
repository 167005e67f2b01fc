/** The files of the live page. */
import type { WebAssets } from "../../ingest/deps.ts";

/**
 * The files of the page. When they cannot be built, `onProgress` is told and the map is empty: a
 * trace without its page is worth more than no trace.
 */
export async function loadAssets(onProgress: (text: string) => void): Promise<WebAssets> {
  try {
    const { bundleWeb } = await import("../../web/bundle.ts");
    return await bundleWeb();
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    onProgress(`no page: it could not be built (${why})`);
    return new Map();
  }
}
