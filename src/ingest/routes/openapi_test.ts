import { deepEqual, equal, ok } from "node:assert/strict";
import { createApp } from "../app.ts";
import { systemClock } from "../clock.ts";
import { Hub } from "../live/hub.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { openApiDocument, reportSchema } from "./openapi.ts";
import { OPERATIONS } from "./operations.ts";

Deno.test("every route is documented, and every documented operation is a route", () => {
  const limits = limitsWith();
  const store = new MemoryStore(limits.store);
  const hub = new Hub({ store, clock: systemClock, limits });
  const auth = { allowLoopbackWithoutToken: false };
  const app = createApp({ store, clock: systemClock, hub, auth, limits });
  const routes = app.routes.filter(({ method, path }) => method !== "ALL" && path !== "/*")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  const documented = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  deepEqual(documented.sort(), [...new Set(routes)].sort());
});

Deno.test("every reference of the document leads somewhere", () => {
  const document = openApiDocument(OPERATIONS);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];
  ok(references.length > 30);
  for (const [, reference] of references) {
    let at: unknown = document;
    for (const name of reference!.replace("#/", "").split("/")) {
      at = (at as Record<string, unknown>)[name];
    }
    ok(typeof at === "object" && at !== null, reference);
  }
});

Deno.test("the report's schema lets fields be added", () => {
  const text = JSON.stringify(reportSchema());
  equal(text.includes('"additionalProperties":false'), false);
  ok(text.includes('"lastHop"') && text.includes('"accounting"'));
});
