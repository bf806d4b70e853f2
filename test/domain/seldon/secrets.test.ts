import { describe, expect, test } from "vitest";

import {
  dockerConfig,
  lacksForPull,
  lacksForStorage,
  parseRegistryCredentials,
  parseStorageCredentials,
  secretValues,
} from "../../../src/domain/seldon/secrets.ts";

const HIDDEN = "Zq7-very-secret";

describe("credentials of a store become rclone's keys", () => {
  test.each([
    [
      `s3: {access-key-id: AKIA1, secret-access-key: ${HIDDEN}, region: eu-central-1}`,
      {
        RCLONE_CONFIG_S3_TYPE: "s3",
        RCLONE_CONFIG_S3_PROVIDER: "AWS",
        RCLONE_CONFIG_S3_ENV_AUTH: "false",
        RCLONE_CONFIG_S3_ACCESS_KEY_ID: "AKIA1",
        RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: HIDDEN,
        RCLONE_CONFIG_S3_REGION: "eu-central-1",
      },
    ],
    [
      `s3: {access-key-id: a, secret-access-key: ${HIDDEN}, endpoint: "https://minio.example.org"}`,
      expect.objectContaining({
        RCLONE_CONFIG_S3_PROVIDER: "Other",
        RCLONE_CONFIG_S3_ENDPOINT: "https://minio.example.org",
      }),
    ],
    ["s3: {env-auth: true}", expect.objectContaining({ RCLONE_CONFIG_S3_ENV_AUTH: "true" })],
    [
      `gs:\n  service-account: |\n    {"private_key": "${HIDDEN}"}`,
      {
        RCLONE_CONFIG_GS_TYPE: "google cloud storage",
        RCLONE_CONFIG_GS_SERVICE_ACCOUNT_CREDENTIALS: `{"private_key": "${HIDDEN}"}`,
      },
    ],
    ["gs: {anonymous: true}", expect.objectContaining({ RCLONE_CONFIG_GS_ANONYMOUS: "true" })],
    [
      `azureblob: {account: acme, key: ${HIDDEN}}`,
      {
        RCLONE_CONFIG_AZUREBLOB_TYPE: "azureblob",
        RCLONE_CONFIG_AZUREBLOB_ACCOUNT: "acme",
        RCLONE_CONFIG_AZUREBLOB_KEY: HIDDEN,
      },
    ],
  ])("%s", async (text, data) => {
    const credentials = await parseStorageCredentials(text);
    expect(credentials.data).toEqual(data);
    if (text.includes(HIDDEN)) expect(secretValues(credentials).join()).toContain(HIDDEN);
  });

  test.each([
    ["", /one of s3, gs, azureblob/],
    ["hdfs: {user: a}", /one of s3, gs, azureblob/],
    [`s3: {secret-access-key: ${HIDDEN}}`, /access-key-id and secret-access-key, or env-auth/],
    [`s3: {access-key-id: a, secret-access-key: ${HIDDEN}, acces: b}`, /s3\.acces: expected one of/],
    [`s3: {access-key-id: [1], secret-access-key: ${HIDDEN}}`, /access-key-id: expected a text/],
    [`s3: {access-key-id: a, secret-access-key: ${HIDDEN}}\ngs: {anonymous: true}`, /2 names/],
    [`s3: {access-key-id: a, secret-access-key: "${HIDDEN}`, /hidden/],
  ])("%s is refused, and tells no value", async (text, told) => {
    const refused = await parseStorageCredentials(text).then(
      () => expect.fail("taken"),
      (thrown: unknown) => thrown as Error,
    );
    expect(refused.message).toMatch(told);
    expect(refused.message).not.toContain(HIDDEN);
  });
});

describe("a Secret that is named", () => {
  const secret = (data: Record<string, string>, type = "Opaque") => ({ metadata: { name: "store" }, data, type });

  test("must open the model's URI", () => {
    const keys = { RCLONE_CONFIG_S3_TYPE: "czM=" };
    expect(lacksForStorage(secret(keys), "s3://models/7")).toBeUndefined();
    expect(lacksForStorage(secret(keys), "gs://models/7")).toMatchObject({
      expected: expect.stringContaining("RCLONE_CONFIG_GS_TYPE"),
      seen: "RCLONE_CONFIG_S3_TYPE",
    });
    expect(lacksForStorage(secret({}), "pvc://claim/7")).toBeUndefined();
  });

  test("must open the image's registry", async () => {
    const credentials = await parseRegistryCredentials(`{username: ada, password: ${HIDDEN}}`);
    const of = (registry: string) => {
      const [text] = Object.values(dockerConfig(registry, credentials));
      return secret({ ".dockerconfigjson": Buffer.from(text!).toString("base64") }, "kubernetes.io/dockerconfigjson");
    };
    expect(lacksForPull(of("ghcr.io"), "ghcr.io")).toBeUndefined();
    expect(lacksForPull(of("docker.io"), "docker.io")).toBeUndefined();
    expect(lacksForPull(of("ghcr.io"), "quay.io")).toMatchObject({ seen: "ghcr.io" });
    expect(lacksForPull(secret({}), "quay.io")).toMatchObject({ seen: "Opaque" });
    const broken = secret({ ".dockerconfigjson": "e30" }, "kubernetes.io/dockerconfigjson");
    expect(lacksForPull(broken, "quay.io")).toMatchObject({ seen: "none" });
  });

  test.each(["username: a", "password: [1]", "{", "password: x\nuser: y"])("%j is no credential", async (text) => {
    await expect(parseRegistryCredentials(text)).rejects.toThrow(/expected/);
  });
});
