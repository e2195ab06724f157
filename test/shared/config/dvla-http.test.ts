import { describe, expect, test } from "bun:test";
import { letterFaults } from "../../../shared/config/letters.ts";

const given = {
  DVLA_API: "http",
  DVLA_HTTP_USERNAME: "notify",
  DVLA_HTTP_PASSWORD: "password",
  DVLA_HTTP_API_KEY: "key",
};

describe("letters by HTTP", () => {
  test("need what one signs in with", () => {
    const faults = letterFaults({ DVLA_API: "http" });

    expect(faults).toEqual([
      "DVLA_HTTP_USERNAME: must be set where DVLA_API is http",
      "DVLA_HTTP_PASSWORD: must be set where DVLA_API is http",
      "DVLA_HTTP_API_KEY: must be set where DVLA_API is http",
    ]);
  });

  test.each([
    ["development", "http://127.0.0.1:6099/dvla-http", []],
    ["production", undefined, []],
    ["live", "https://dvla.example", []],
    [
      "live",
      "http://dvla.example",
      ["DVLA_HTTP_URL: must begin https://, or letters could be read on their way"],
    ],
    ["production", "http://dvla.example", [expect.stringContaining("DVLA_HTTP_URL")]],
  ])("in %s may go to %s", (environment, url, faults) => {
    expect(letterFaults({ ...given, NOTIFY_ENVIRONMENT: environment, DVLA_HTTP_URL: url })).toEqual(faults);
  });
});
