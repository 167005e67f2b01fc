/** One address that is told of each piece of news by a message of its own, signed. */
import { Deliveries, type Receiver, type SendingDeps } from "./deliveries.ts";
import type { Teller } from "./problem_watch.ts";

/** Who is told, and the key of the signature. */
export interface WebhookSettings {
  url: string;
  secret: string;
}

/** Tells a webhook. */
export function webhook(settings: WebhookSettings, deps: SendingDeps): Teller {
  const deliveries = new Deliveries(webhookReceiver(settings), deps);
  return {
    tell({ id, title }, _report, news) {
      const at = new Date(deps.clock.wallMs()).toISOString();
      for (const { event, problem } of news) {
        const delivery = crypto.randomUUID();
        const content = { version: 1, id: delivery, event, at, incident: { id, title }, problem };
        deliveries.add({ id: delivery, event, body: JSON.stringify(content) });
      }
    },
    close: () => deliveries.close(),
  };
}

/** How a webhook is sent to. */
export const webhookReceiver = ({ url, secret }: WebhookSettings): Receiver => ({
  name: "the webhook",
  url,
  mayRetry: (status) => status === 408 || status === 429 || status >= 500,
  async headers({ id, event, body }, seconds) {
    return {
      "content-type": "application/json",
      "user-agent": "lasthop",
      "lasthop-event": event,
      "lasthop-delivery": id,
      "lasthop-signature": `t=${seconds},v1=${await signature(secret, `${seconds}.${body}`)}`,
    };
  },
});

/** HMAC-SHA-256 of a text, in hexadecimal. */
async function signature(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))).toHex();
}
