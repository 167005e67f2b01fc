/** A thread that reads bodies, and ends as soon as one is begun. */
import process from "node:process";
import { parentPort } from "node:worker_threads";

parentPort!.on("message", () => process.exit(1));
