import { httpPort, imageEnvironment, IMAGE_ROOT, startOf, type BuildFacts } from "./plan.ts";

/**
 * A Dockerfile that makes what the layers engine makes: for reading, and for the engines that need one.
 * @param base as FROM names it
 */
export function dockerfileOf(build: BuildFacts, base: string | undefined): string {
  const { requirements, modelPath, bake } = build;
  const env = Object.entries(imageEnvironment(build)).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`);
  const isText = requirements !== undefined && requirements.endsWith(".txt");
  return [
    `FROM ${base ?? "docker.io/library/python:3.11-slim"}`,
    `WORKDIR /${IMAGE_ROOT}`,
    ...(requirements === undefined
      ? []
      : isText
        ? [
            `COPY ${JSON.stringify([requirements, `./${requirements}`])}`,
            `RUN pip install --no-cache-dir -r ${shellWord(requirements)}`,
          ]
        : [
            "# Resolved from the project's own file by the action; here the project installs itself.",
            "COPY . .",
            "RUN pip install --no-cache-dir .",
          ]),
    "COPY . .",
    ...(modelPath === undefined || !bake ? [] : [`# The model lies at ${modelPath.replace(/[\r\n]/g, " ")}.`]),
    ...env,
    `EXPOSE ${httpPort(build.wrapper)}`,
    `ENTRYPOINT ${JSON.stringify(["/bin/sh", "-c", startOf(build)])}`,
    "",
  ].join("\n");
}

const shellWord = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
