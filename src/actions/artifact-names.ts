/** The name of the artifact that holds a model and what it was made of. */
export const modelArtifactName = (fingerprint: string, attempt: number): string => `train1-${fingerprint}-${attempt}`;

/** The small artifact beside it, by which later runs tell what changed. */
export const documentArtifactName = (name: string, attempt: number): string => `${name}.train.${attempt}.json`;

/** The key of the index: it says where to look, and nothing else is believed of it. */
export const indexKey = (fingerprint: string, runId: string, artifactId: string): string =>
  `train1-${fingerprint}-${runId}-${artifactId}`;
