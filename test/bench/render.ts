import type { JsonObject } from "../../shared/json/json.ts";
import { renderEmail } from "../../shared/template/email.ts";
import { personalisationOf } from "../../shared/template/placeholders.ts";
import { renderSms } from "../../shared/template/sms.ts";
import { type CompiledTemplate, compileTemplate } from "../../shared/template/template.ts";
import type { Bench } from "./bench.ts";

/** Messages rendered on one core, each kind beside a plain replacing of its placeholders. */
export const render: Bench = {
  describe: "messages rendered a second on one core, beside a plain replace of their placeholders",
  seconds: 3,
  async run({ seconds, say }) {
    const figures: Record<string, number> = {};
    for (const [name, { template, values }] of Object.entries(messages)) {
      const { type, content } = template;
      say(`${name}: ${content.length.toLocaleString("en-GB")} characters of template`);
      const compiled = compileTemplate(template);
      const renderOne = type === "sms" ? renderText : renderMail;
      figures[`${name}_per_s`] = perSecond(seconds, (n) =>
        renderOne(compiled, { ...values, name: `Ada ${n}` }),
      );
      figures[`${name}_baseline_per_s`] = perSecond(seconds, (n) =>
        replacePlainly(content, { ...values, name: `Ada ${n}` }),
      );
    }
    return figures;
  },
};

/** Each renders one message and answers how long it came out, so that nothing can be left undone. */
function renderText(template: CompiledTemplate, values: JsonObject): number {
  return renderSms(template, personalisationOf(values), { prefix: "Parking permits" }).text.length;
}

function renderMail(template: CompiledTemplate, values: JsonObject): number {
  const unsubscribeUrl = "https://www.notifications.example/unsubscribe/5ec16a7c/1b2c3d4e";
  const { subject, text, html } = renderEmail(template, personalisationOf(values), { unsubscribeUrl });
  return subject.length + text.length + html.length;
}

function replacePlainly(content: string, values: Record<string, unknown>): number {
  return content.replace(/\(\(([^()]+)\)\)/g, (_, name: string) => String(values[name])).length;
}

function perSecond(seconds: number, renderOne: (n: number) => number): number {
  const warmedUpAt = performance.now() + seconds * 250;
  let rendered = 0;
  while (performance.now() < warmedUpAt) rendered += renderOne(rendered) > 0 ? 1 : 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let count = 0;
  // The clock is asked now and then only: a short text takes less than it does.
  while (performance.now() < endsAt) {
    for (const end = count + 20; count < end; count += 1) {
      if (renderOne(count) === 0) throw new Error("Cannot measure: a message came out empty");
    }
  }
  return (count * 1000) / (performance.now() - startedAt);
}

const values: JsonObject = {
  name: "Ada",
  reference: "PRK-2041-77",
  "renewal date": "1 December 2026",
  zone: "Old Town – north of the river",
  fee: "£84.50",
  link: "https://www.parking.example/renew?ref=PRK-2041-77&from=notice",
  documents: ["your driving licence", "proof of address, no older than 3 months", "the vehicle's log book"],
  "has blue badge": "no",
  "is late": "yes",
};

const shortText =
  "Hi ((name)), your parking permit ((reference)) runs out on ((renewal date)). Renew: ((link))";

const longText = `Dear ((name)),

Your parking permit ((reference)) for zone ((zone)) runs out on ((renewal date)). It costs ((fee)) to renew , and you can pay by card or by bank transfer.

To renew you need ((documents)). ((is late??You've missed the first reminder - please don't leave it any longer.)) ((has blue badge??As you hold a Blue Badge you pay nothing.))

If you’ve moved since last year, tell us first: we can’t move a permit to another zone once it is renewed. Visitors’ permits aren’t renewed with yours… you order those separately, in books of 10.

Renew at ((link)) or at the library, Monday to Friday, 9am – 5pm.

Don't reply to this message. Nobody reads replies to this number.`;

const longMail = `# Renew your parking permit

Dear ((name)),

Your parking permit ((reference)) for zone ((zone)) runs out on ((renewal date)). You need a new one if you still want to park on the street - without one you'll have to pay by the hour.

^ It costs ((fee)) to renew. If you pay after ((renewal date)) you'll be charged a late fee of £15 as well.

((is late??This is our second reminder. We'll not send another one.))

## What you need

Before you start, have these ready:((documents))

You'll also need one of these to pay:

* a credit or debit card
* the number of your residents' account
* a payment code, if the council gave you one - it is on the letter headed "Help with parking costs"

## How to renew

1. Go to [the renewal service](https://www.parking.example/renew) and sign in.
2. Check that your address and vehicle are right. If they aren't, choose "Change my details" first.
3. Upload photographs or scans of your documents.
4. Pay the fee.

It takes about 10 minutes. We email you the new permit within 2 working days, and you don't need to show it in the car: wardens look your number plate up.

((has blue badge??As you hold a Blue Badge you don't pay a fee, but you must still renew.))

## If you've moved or changed your car

Tell us *before* you renew. We can't move a permit to another zone once it has been paid for, and refunds take up to 6 weeks. You can [change your details online](https://www.parking.example/details "Change details"), or write to us:

Parking Services
Town Hall
1 High Street
Exampleton
EX1 1AA

Renting a car for less than 3 months? You want a temporary permit instead: see https://www.parking.example/temporary?for=rentals&days=90 for what it costs.

## Visitors

Visitors' permits are not renewed with yours. You can still:

- order a book of 10 for £22.00 (at most 4 books a year)
- let a visitor pay by phone - the number is on every sign
- apply for a "carer's permit" if someone looks after you at home, free of charge

Unused permits from last year stay valid until they're used up. Keep them dry; we don't replace damaged ones.

---

## If you don't need a permit any more

You don't have to do anything. Your permit ends by itself on ((renewal date)), and we delete what we know about your vehicle 12 months later. Our [privacy notice](https://www.parking.example/privacy) says what else we keep, why , and for how long.

If you think you shouldn't have got this email, tell us at https://www.parking.example/contact and quote ((reference)).

((name)), you can renew straight away with this link, which works once only:

((link))

Thank you,

The parking team
Exampleton Council

Get help at GOV.UK or your local library. Lines are open Monday to Friday, 9am to 5pm (except public holidays). Calls cost up to 12p a minute from landlines and between 3p and 55p a minute from mobiles. Text relay: dial 18001 before the number.`;

const messages = {
  sms_short: {
    template: { type: "sms", subject: null, content: shortText, hasUnsubscribeLink: false },
    values,
  },
  sms_long: {
    template: { type: "sms", subject: null, content: longText, hasUnsubscribeLink: false },
    values,
  },
  email_long: {
    template: {
      type: "email",
      subject: "((name)), renew permit ((reference)) - before ((renewal date))",
      content: longMail,
      hasUnsubscribeLink: true,
    },
    values,
  },
  email_ampersands: {
    template: {
      type: "email",
      subject: "((name))'s permit",
      content: `${longMail}\n\n((shops))`,
      hasUnsubscribeLink: true,
    },
    values: { ...values, shops: "Marks & Spencer, H&M, B&Q & <others>; ".repeat(25) },
  },
} as const;
