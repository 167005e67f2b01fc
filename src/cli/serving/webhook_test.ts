import { deepEqual, equal, throws } from "node:assert/strict";
import { readWholeUrl } from "../read_value.ts";
import { readWebhook } from "./webhook.ts";

const KEY = "a-key-of-this-test-alone";

Deno.test("a webhook has an address without a password, and a key that is long enough", async () => {
  const url = "https://hooks.example/x?y=z";
  const readUrl = (text: string) => readWholeUrl(text, "--webhook");
  equal(readUrl(url), url);
  throws(() => readUrl("file:///etc/passwd"), /"file:\/\/\/etc\/passwd" is not a URL/);
  throws(() => readUrl("https://me:secret@hooks.example/"), /holds a user or password/);
  deepEqual(readWebhook({ webhook: url }, () => KEY), { url, secret: KEY });
  equal(readWebhook({}, () => KEY), undefined);
  throws(() => readWebhook({ webhook: url }, () => undefined), /has 0 characters, must have 16/);
  throws(() => readWebhook({ webhook: url }, () => "short"), /has 5 characters/);
  throws(() => readWebhook({ webhookSecretFile: "x" }, () => KEY), /there is no --webhook/);
  const file = await Deno.makeTempFile({ prefix: "lasthop-test-" });
  try {
    await Deno.writeTextFile(file, `${KEY}\n`);
    await Deno.chmod(file, 0o600);
    deepEqual(readWebhook({ webhook: url, webhookSecretFile: file }, () => "x"), {
      url,
      secret: KEY,
    });
    await Deno.chmod(file, 0o644);
    throws(
      () => readWebhook({ webhook: url, webhookSecretFile: file }, () => KEY),
      /--webhook-secret-file.*others may read/,
    );
  } finally {
    await Deno.remove(file);
  }
});
