/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { answerPage } from "../pages/layout.tsx";

/** Asks before it is done: mail programs and scanners follow links. Its form posts to the address it has itself. */
export function askPage(serviceName: string): Promise<Response> {
  return answerPage({
    status: 200,
    title: `Unsubscribe – ${serviceName}`,
    body: (
      <>
        <h1>Do you want to unsubscribe?</h1>
        <p>
          We’ll tell <strong>{serviceName}</strong> that you do not want to get these emails any more.
        </p>
        <form method="post">
          <button type="submit">Unsubscribe</button>
        </form>
        <p class="quiet">If you want to go on getting them, close this page.</p>
      </>
    ),
  });
}

export function donePage(): Promise<Response> {
  return answerPage({
    status: 200,
    title: "You have unsubscribed",
    body: (
      <>
        <h1>You have unsubscribed</h1>
        <p>We have passed on your request. It may take a few days until the emails stop.</p>
      </>
    ),
  });
}

export function notFoundPage(): Promise<Response> {
  return answerPage({
    status: 404,
    title: "This link does not work",
    body: (
      <>
        <h1>This link does not work</h1>
        <p>It may be incomplete, or more than a year old.</p>
        <p>Open the link in the newest email you have, or write to whoever sent it.</p>
      </>
    ),
  });
}
