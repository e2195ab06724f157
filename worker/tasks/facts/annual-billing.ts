import { populateAllowances } from "../../../shared/billing/allowance.ts";
import { financialYearAt } from "../../../shared/billing/financial-year.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Gives every active service its allowance for the financial year that has begun. */
export async function populateAnnualBilling(
  { sql }: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const year = financialYearAt(new Date(dueAt));
  const services = await populateAllowances(sql, year);
  await sql`analyze annual_billing`;
  return `Gave ${services} services their allowance for ${year}`;
}
