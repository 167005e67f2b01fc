/** `serve --webhook`: who is told of problems, and the key that each message is signed with. */
import { Option } from "commander";
import type { WebhookSettings } from "../../ingest/notify/webhook.ts";
import { readWholeUrl, usageError } from "../read_value.ts";
import { readTokenFile } from "../token.ts";

/** Commander's values. */
export interface WebhookFlags {
  webhook?: string;
  webhookSecretFile?: string;
}

/** Where the key is taken from when no file is named. */
const SECRET_VARIABLE = "LASTHOP_WEBHOOK_SECRET";
const SECRET_CHARS_MIN = 16;

/** `--webhook`. */
export function webhookOption(): Option {
  return new Option("--webhook <url>", "told, signed, when a problem opens or heals")
    .argParser((text) => readWholeUrl(text, "--webhook"));
}

/** `--webhook-secret-file`. */
export function webhookSecretOption(): Option {
  return new Option(
    "--webhook-secret-file <path>",
    `file with the key of the signature (or ${SECRET_VARIABLE})`,
  );
}

/** Absent: nobody is told. Throws LasthopError `usage` where the key is missing or too short. */
export function readWebhook(
  { webhook: url, webhookSecretFile: file }: WebhookFlags,
  environment: (name: string) => string | undefined,
): WebhookSettings | undefined {
  if (url === undefined) {
    if (file === undefined) return undefined;
    throw usageError("Cannot use --webhook-secret-file: there is no --webhook, must stand with it");
  }
  const secret = file === undefined
    ? environment(SECRET_VARIABLE) ?? ""
    : readTokenFile(file, "--webhook-secret-file");
  if (secret.length >= SECRET_CHARS_MIN) return { url, secret };
  throw usageError(
    `Cannot use --webhook: the key of its signature has ${secret.length} characters, must have ` +
      `${SECRET_CHARS_MIN}: --webhook-secret-file or ${SECRET_VARIABLE}`,
  );
}
