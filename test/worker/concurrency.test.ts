import { expect, test } from "bun:test";
import { concurrencyOf, perServiceOf } from "../../worker/concurrency.ts";

test("what is not given is the queue's own number", () => {
  expect([concurrencyOf("")("service-callbacks"), concurrencyOf("")("service-callbacks-retry")]).toEqual([
    100, 50,
  ]);
  expect([perServiceOf("")("service-callbacks"), perServiceOf("")("service-callbacks-retry")]).toEqual([
    10, 5,
  ]);
  expect(perServiceOf("")("maintenance")).toBe(1);
  expect(perServiceOf("")("sms-receipts")).toBeNull();
});

test("what is given holds for its queue alone", () => {
  const perService = perServiceOf("service-callbacks=20, service-callbacks-retry=7");

  expect(
    ["service-callbacks", "service-callbacks-retry", "deliver-sms"].map((name) => perService(name as never)),
  ).toEqual([20, 7, 40]);
});

test.each([
  ["callbacks=1", 'Cannot read WORKER_PER_SERVICE: there is no queue "callbacks"'],
  ["toString=1", 'Cannot read WORKER_PER_SERVICE: there is no queue "toString"'],
  ["service-callbacks=0", 'Cannot read WORKER_PER_SERVICE: "0" for service-callbacks'],
  ["service-callbacks=1.5", 'Cannot read WORKER_PER_SERVICE: "1.5" for service-callbacks'],
  ["service-callbacks", 'Cannot read WORKER_PER_SERVICE: "" for service-callbacks'],
  ["maintenance=2", "Cannot read WORKER_PER_SERVICE: jobs of maintenance belong to no service"],
])("%p is refused", (text, says) => {
  expect(() => perServiceOf(text)).toThrow(says);
});
