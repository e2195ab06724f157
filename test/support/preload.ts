import { afterAll } from "bun:test";
import { atEnd } from "./at-end.ts";

afterAll(async () => {
  for (const stop of atEnd.splice(0)) await stop();
});
