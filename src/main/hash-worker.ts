import { digestOnRequest } from "../adapters/contents.ts";

digestOnRequest();
