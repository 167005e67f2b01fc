/** The live page, or nothing: a trace without its page is worth more than no trace. */
import type { WebAssets } from "../../ingest/deps.ts";

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
