import { digestOnRequest } from "../adapters/workspace.ts";

digestOnRequest();
