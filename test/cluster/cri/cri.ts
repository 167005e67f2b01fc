/** The runtime's side of Kubernetes, asked as kubelet asks it: gRPC over containerd's socket. */
import http2 from "node:http2";
import net from "node:net";
import { encoded, type Message, textOf } from "./protobuf.ts";

/** A connection to a runtime. */
export class Cri {
  readonly #session: http2.ClientHttp2Session;

  constructor(path: string) {
    const createConnection = () => net.connect(path) as never;
    this.#session = http2.connect("http://localhost", { createConnection });
    this.#session.on("error", () => {});
  }

  /** Makes a pod's sandbox; its id. `config`: a PodSandboxConfig. */
  async runPodSandbox(config: Message): Promise<string> {
    const id = textOf(await this.#call("RunPodSandbox", { 1: config }), 1);
    if (id === undefined) throw new Error("RunPodSandbox told no id");
    return id;
  }

  /** Ends it, and removes what is left of it. */
  async removePodSandbox(id: string): Promise<void> {
    await this.#call("StopPodSandbox", { 1: id });
    await this.#call("RemovePodSandbox", { 1: id });
  }

  close(): void {
    this.#session.destroy();
  }

  #call(method: string, message: Message): Promise<Uint8Array> {
    const stream = this.#session.request({
      ":method": "POST",
      ":path": `/runtime.v1.RuntimeService/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const body = encoded(message);
    const frame = new Uint8Array(5 + body.length);
    new DataView(frame.buffer).setUint32(1, body.length);
    frame.set(body, 5);
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      const refuse = (headers: Record<string, unknown>) => {
        const status = headers["grpc-status"];
        if (status === undefined || status === "0") return;
        reject(
          new Error(`Cannot ${method}: ${decodeURIComponent(String(headers["grpc-message"]))}`),
        );
      };
      stream.on("response", refuse);
      stream.on("trailers", refuse);
      stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      stream.on("error", reject);
      stream.on("end", () => {
        const all = chunks.flatMap((chunk) => [...chunk]);
        resolve(Uint8Array.from(all.slice(5)));
      });
      stream.end(frame);
    });
  }
}
