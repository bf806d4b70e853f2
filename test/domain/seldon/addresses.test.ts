import { describe, expect, test } from "vitest";

import { gatewayAddresses } from "../../../src/domain/seldon/addresses.ts";
import { addressOf, parseGateway } from "../../../src/domain/seldon/gateway.ts";
import type { SeldonSpec } from "../../../src/domain/seldon/resource.ts";
import type { Json } from "../../../src/domain/text/json.ts";

const PLACE = { namespace: "models", name: "digits" };
const spec = (protocol: string, bare = false): SeldonSpec => ({
  protocol,
  predictors: [
    { name: "default", graph: { name: "m" }, ...(bare ? { annotations: { "seldon.io/no-engine": "true" } } : {}) },
  ],
});

describe("behind a gateway", () => {
  test.each([
    ["seldon", "/api/v1.0/predictions", "/api/v1.0/doc/"],
    ["v2", "/v2/models/m/infer", "/v2/docs/"],
    ["tensorflow", "/v1/models/m:predict", undefined],
  ])("%s", (protocol, prediction, docs) => {
    const base = "https://models.example.org/seldon/models/digits";
    expect(gatewayAddresses(new URL("https://models.example.org"), PLACE, spec(protocol))).toMatchObject({
      prediction: base + prediction,
      grpc: "models.example.org:443",
      docs: docs === undefined ? "" : base + docs,
    });
  });

  test("without the executor there is no page, and it is said why", () => {
    const { docs, why, grpc } = gatewayAddresses(new URL("http://10.0.0.1:8080"), PLACE, spec("seldon", true));
    expect([docs, grpc]).toEqual(["", "10.0.0.1:8080"]);
    expect(why).toContain("engine: none");
  });
});

describe("the gateway's own Service", () => {
  const service = (ingress: Json[], ports: Json[] = [{ name: "http2", port: 80 }], type = "LoadBalancer") => ({
    metadata: { name: "istio-ingressgateway" },
    spec: { type, ports },
    status: { loadBalancer: ingress.length === 0 ? {} : { ingress } },
  });

  test.each([
    [service([{ hostname: "a.elb.example.com" }]), { url: "http://a.elb.example.com" }],
    [service([{ ip: "203.0.113.7" }]), { url: "http://203.0.113.7" }],
    [service([{ ip: "203.0.113.7", hostname: "" }]), { url: "http://203.0.113.7" }],
    [service([{ ip: "2001:db8::1" }], [{ name: "http", port: 8080 }]), { url: "http://[2001:db8::1]:8080" }],
    [
      service(
        [{ hostname: "g" }],
        [
          { name: "status", port: 15021 },
          { name: "https", port: 443 },
        ],
      ),
      { url: "https://g" },
    ],
    [service([]), { missing: "a load balancer that is still pending" }],
    [service([], [], "ClusterIP"), { missing: "a Service of type ClusterIP" }],
    [service([{ ip: "203.0.113.7" }], [{ name: "tcp", port: 31400 }]), { missing: "no port for HTTP" }],
  ])("%j", (object, expected) => {
    expect(addressOf(object as never)).toEqual(expected);
  });

  test("is named by its kind, or by its name", () => {
    expect(parseGateway("istio")).toEqual({
      kind: "istio",
      service: { namespace: "istio-system", name: "istio-ingressgateway" },
    });
    expect(parseGateway("ambassador:gw/edge")).toEqual({
      kind: "ambassador",
      service: { namespace: "gw", name: "edge" },
    });
    expect(parseGateway("none")).toEqual({ kind: "none", service: undefined });
    for (const text of ["nginx", "istio:", "istio:a", "none:a/b", "istio:A/b"])
      expect(parseGateway(text)).toBeUndefined();
  });
});
