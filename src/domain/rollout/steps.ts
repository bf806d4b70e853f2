/** How a new version takes over: at once, or first beside the one that serves, with a share of the traffic. */
export const STRATEGIES = ["rolling", "canary", "abtest"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Of a canary and of an A/B test. */
export const STEPS = ["start", "finish", "abort"] as const;
export type Step = (typeof STEPS)[number];
