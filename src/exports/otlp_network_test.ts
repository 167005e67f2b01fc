/** OTLP logs, sent for real to a receiver that reads them by OpenTelemetry's own schema, from npm. */
import { deepEqual, equal, match } from "node:assert/strict";
import { createRequire } from "node:module";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";
import { sendOtlp } from "../cli/capture/send_otlp.ts";
import { Report } from "../event/report.ts";

const { modules, why } = await npmToolOrWhy("exports");
if (why !== undefined) console.log(`OpenTelemetry's schema left out: ${why}`);
const ignore = modules === undefined;

/** What protobufjs makes of a message of a schema. */
interface Message {
  fromObject(value: unknown): unknown;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: Record<string, unknown>): unknown;
}

function schema(): Message {
  const require = createRequire(`${modules}/`);
  const root = require("@opentelemetry/otlp-transformer/build/src/generated/root.js");
  return root.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
}

/** The request as the schema has it, by way of its binary form: what it does not know is gone. */
function read(message: Message, value: unknown): unknown {
  const bytes = message.encode(message.fromObject(value)).finish();
  const options = { longs: String, enums: Number, arrays: false };
  return JSON.parse(JSON.stringify(message.toObject(message.decode(bytes), options)));
}

Deno.test({
  name: "a receiver with OpenTelemetry's schema reads all of what is sent, and nothing is lost",
  ignore,
  async fn() {
    const file = new URL("../cli/render/fixture/changes.json", import.meta.url);
    const report = Report.parse(JSON.parse(await Deno.readTextFile(file)));
    report.problems[0]!.lastHop.device = "eth0\u202e<script>";
    const message = schema();
    const received: { sent: unknown; understood: unknown }[] = [];
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const sent = await request.json();
        received.push({ sent, understood: read(message, sent) });
        return Response.json({ partialSuccess: {} });
      },
    );
    try {
      equal(await sendOtlp(report, { url: `http://127.0.0.1:${server.addr.port}` }), 1);
    } finally {
      await server.shutdown();
    }
    const [{ sent, understood }] = received as [{ sent: unknown; understood: unknown }];
    deepEqual(understood, sent);
    match(JSON.stringify(understood), /"k8s\.|"network\.transport"/);
    // It would have known a field that there is not.
    const text = JSON.stringify(sent).replaceAll('"severityText"', '"severityName"');
    equal(JSON.stringify(read(message, JSON.parse(text))).includes("severityName"), false);
  },
});
