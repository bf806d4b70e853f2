// A bare client for tests, with the rights of the cluster's administrator. It shares nothing with the code under test.
import { request } from "node:https";

type User = Record<string, string>;

export type Admin = {
  readonly kubeconfig: string;
  readonly url: string;
  call(
    method: string,
    path: string,
    body?: object,
    type?: string,
  ): Promise<{ status: number; body: Record<string, never> & { [field: string]: unknown } }>;
  /** The object; throws where the server refuses. */
  must(method: string, path: string, body?: object, type?: string): Promise<Record<string, unknown>>;
};

export function adminOf(kubeconfig: string): Admin {
  // What our own scripts write is flow-style YAML on few lines: the three values are found by their names.
  const value = (name: string): string => new RegExp(`"?${name}"?: *"?([^",}\\s]+)`).exec(kubeconfig)?.[1] ?? "";
  const pem = (name: string): string => Buffer.from(value(name), "base64").toString("utf8");
  const url = new URL(/"?server"?: *"?(https:[^",}\s]+)/.exec(kubeconfig)![1]!);
  const user: User = {
    ca: pem("certificate-authority-data"),
    cert: pem("client-certificate-data"),
    key: pem("client-key-data"),
  };
  const call: Admin["call"] = async (method, path, body, type = "application/json") =>
    await new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const sent = request(
        {
          host: url.hostname,
          port: url.port,
          path,
          method,
          ...user,
          headers: text === undefined ? {} : { "content-type": type },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.once("end", () => {
            const all = Buffer.concat(chunks).toString("utf8");
            resolve({ status: answer.statusCode ?? 0, body: all.startsWith("{") ? JSON.parse(all) : { text: all } });
          });
          answer.once("error", reject);
        },
      );
      sent.setTimeout(20_000, () => sent.destroy(new Error("no answer within 20 s")));
      sent.once("error", reject);
      sent.end(text);
    });
  return {
    kubeconfig,
    url: url.origin,
    call,
    must: async (method, path, body, type) => {
      const answer = await call(method, path, body, type);
      if (answer.status >= 300)
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
      return answer.body;
    },
  };
}
