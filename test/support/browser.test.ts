import { describe, expect, test } from "bun:test";
import { checkAccessibility, openVisitor } from "./browser.ts";

/** A page with this body, under a policy that allows little. */
function servePage(body: string) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) =>
      new URL(url).pathname === "/"
        ? new Response(
            `<!doctype html><html lang="en"><head><title>Page</title></head><body><main><h1>Page</h1>${body}</main></body></html>`,
            {
              headers: {
                "Content-Type": "text/html",
                "Content-Security-Policy":
                  "default-src 'none'; script-src 'nonce-x'; img-src http: data:; style-src 'unsafe-inline'",
              },
            },
          )
        : new Response(null, { status: 404 }),
  });
}

describe("a visitor", () => {
  test.each([
    ["a script the policy does not allow", "<script>1</script>", "console: Executing inline script violates"],
    [
      "an image of another host",
      '<img alt="" src="http://elsewhere.example/x.png">',
      "other host: http://else",
    ],
    ["an image that is missing", '<img alt="" src="/x.png">', "answer: 404 http://127.0.0.1"],
    ["a script that throws", '<script nonce="x">throw new Error("odd")</script>', "script: odd"],
    ["a dialog", '<script nonce="x">alert("here")</script>', "dialog: here"],
  ])("is told of %s", async (_, body, fault) => {
    using server = servePage(body);
    const visitor = await openVisitor(String(server.url));

    await visitor.page.goto("/");
    const end = async () => await visitor[Symbol.asyncDispose]();

    await expect(end()).rejects.toThrow(fault);
    expect(visitor.faults).toHaveLength(1);
  });

  test("is told nothing of a sound page", async () => {
    using server = servePage('<p>Sound</p><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">');
    await using visitor = await openVisitor(String(server.url));

    await visitor.page.goto("/");

    expect(visitor.faults).toEqual([]);
  });
});

describe("the check of accessibility", () => {
  const faint =
    '<p style="background:#fff;color:#ccc">Faint</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">';

  test.each(["on", "off"] as const)("finds what is wrong, scripts %s", async (scripts) => {
    using server = servePage(faint);
    await using visitor = await openVisitor(String(server.url), { scripts });
    await visitor.page.goto("/");

    const found = await checkAccessibility(visitor.page);

    expect(found.map((line) => line.split(":")[0]).sort()).toEqual([
      "critical image-alt",
      "serious color-contrast",
    ]);
  });

  test("finds nothing wrong with a sound page", async () => {
    using server = servePage("<p>Sound</p>");
    await using visitor = await openVisitor(String(server.url), { colours: "dark", screen: "telephone" });
    await visitor.page.goto("/");

    expect(await checkAccessibility(visitor.page)).toEqual([]);
  });
});
