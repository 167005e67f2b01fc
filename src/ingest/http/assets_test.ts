import { equal, match } from "node:assert/strict";
import { startIngest } from "../deno.ts";

const LISTEN = { hostname: "127.0.0.1", port: 0 };

Deno.test("the page is served at / and for its own paths, with its files beside it", async () => {
  const webAssets = new Map([
    ["/index.html", { body: "<p>page", type: "text/html; charset=utf-8" }],
    ["/page.js", { body: new TextEncoder().encode("go()"), type: "text/javascript" }],
  ]);
  const ingest = await startIngest({ listen: LISTEN, allowLoopbackWithoutToken: false, webAssets });
  try {
    const get = async (path: string) => {
      const response = await fetch(ingest.url + path);
      return `${response.status} ${response.headers.get("content-type")} ${await response.text()}`;
    };
    equal(await get("/"), "200 text/html; charset=utf-8 <p>page");
    equal(await get("/incidents/i-1"), "200 text/html; charset=utf-8 <p>page");
    equal(await get("/page.js"), "200 text/javascript go()");
    match(await get("/other.js"), /^404 application\/problem\+json/);
    match(await get("/incidents/a/b"), /^404 /);
    match(await get("/__proto__"), /^404 /);
  } finally {
    await ingest.stop();
  }
});

Deno.test("without a page, / says so", async () => {
  const ingest = await startIngest({ listen: LISTEN, allowLoopbackWithoutToken: false });
  try {
    match(await (await fetch(ingest.url)).text(), /started without its page/);
  } finally {
    await ingest.stop();
  }
});
