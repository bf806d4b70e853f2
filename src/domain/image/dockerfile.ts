import { httpPort, imageEnvironment, IMAGE_ROOT, startOf, type BuildFacts } from "./plan.ts";

/** Where the engines find what the requirements come to, in the folder that they build from. */
export const RESOLVED = ".model-road-requirements.txt";

/**
 * A Dockerfile that makes what the layers engine makes: for reading, and for the engines that need one.
 * @param base as FROM names it
 */
export function dockerfileOf(build: BuildFacts, base: string | undefined): string {
  const { requirements, modelPath, bake } = build;
  const env = Object.entries(imageEnvironment(build)).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`);
  return [
    `FROM ${base ?? "docker.io/library/python:3.11-slim"}`,
    `WORKDIR /${IMAGE_ROOT}`,
    ...(requirements === undefined
      ? []
      : [
          `# ${requirements.replace(/[\r\n]/g, " ")} as pip reads it, with the wrapper where it is not asked for.`,
          `COPY ["${RESOLVED}", "/tmp/requirements.txt"]`,
          // A project that installs itself has to be there already.
          ...(/(?:^|\/)(?:setup\.(?:py|cfg))$/.test(requirements) ? ["COPY . ."] : []),
          "RUN python3 -m pip install --no-cache-dir -r /tmp/requirements.txt",
        ]),
    "COPY . .",
    ...(modelPath === undefined || !bake ? [] : [`# The model lies at ${modelPath.replace(/[\r\n]/g, " ")}.`]),
    ...env,
    `EXPOSE ${httpPort(build.wrapper)}`,
    `ENTRYPOINT ${JSON.stringify(["/bin/sh", "-c", startOf(build)])}`,
    "",
  ].join("\n");
}
