import { get, type Schemas } from "./api/client";

// newestRun is the newest complete run that figures and papers are of: no trial, and
// not of single mines.
export async function newestRun(): Promise<Schemas["RunLine"] | undefined> {
  for (let next: string | null = "/v1/runs?limit=100"; next; ) {
    const page: Schemas["PageRunLine"] = await get<Schemas["PageRunLine"]>(next);
    const run = page.items.find((r) => r.status === "complete" && !r.what_if.length && !r.licence_nos.length);
    if (run) return run;
    next = page.next;
  }
  return undefined;
}
