import { describe, expect, test } from "bun:test";
import { readBatch, sealBatch } from "../../../shared/batch/files.ts";
import { rowsOf } from "../../../shared/batch/process.ts";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import {
  bearerTokenOf,
  findCallbackTarget,
  rotateSigningSecret,
  setCallback,
  signingSecretOf,
} from "../../../shared/callback/queries.ts";
import { requestTrial, trialResultOf } from "../../../shared/callback/trial.ts";
import { type Cipher, createCipher } from "../../../shared/encryption.ts";
import { textJobOf } from "../../../shared/inbound/job.ts";
import { listReceivedTexts } from "../../../shared/inbound/queries.ts";
import { letterAddressOf } from "../../../shared/letter/address.ts";
import { readDvlaFile, sealDvlaFile } from "../../../shared/letter/dvla-files.ts";
import { letterKey, readLetter, sealLetter } from "../../../shared/letter/files.ts";
import { letterPreviewOf, pictureKey, readPicture, sealPicture } from "../../../shared/letter/picture.ts";
import { findWaitingPictures, requestPictures } from "../../../shared/letter/picture-queries.ts";
import { personalisationOf } from "../../../shared/notification/admit.ts";
import { keptResponseOf } from "../../../shared/notification/idempotency-keys.ts";
import { readCredentials, storeCredential } from "../../../shared/provider/credentials.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { findService } from "../../../shared/service/queries.ts";
import type { KeyType } from "../../../shared/service/service.ts";
import { createApiKey } from "../../../shared/service/setup.ts";
import { postgresStorage } from "../../../shared/storage/postgres.ts";
import { createTemplate } from "../../../shared/template/queries.ts";
import { places } from "../../../worker/commands/keys/places.ts";
import { storeReceivedText } from "../../support/received-texts.ts";
import { type Cli, keys, openCli, unknownId } from "./cli.ts";

describe("keys rotate", () => {
  test("brings everything under the first key, so that the old one can go", async () => {
    await using cli = await openCli();
    const { service, callbackSubject } = await fill(cli, { notifications: 3 });
    const both = await createCipher([keys.new, keys.old]);

    const first = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");
    const second = await cli.runWith({ cipher: both }, "keys", "rotate");

    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toEqual({
      key: "new",
      reencrypted: 8,
      places: {
        "api_keys.secret": 1,
        "service_callback_api.bearer_token": 1,
        "service_callback_api.signing_secret": 1,
        "service_callback_api.previous_signing_secret": 0,
        "service_callback_api_history.bearer_token": 1,
        "uploaded letters": 0,
        "callback_tests.result": 0,
        "callback_attempts.body": 0,
        "callback_attempts.excerpt": 0,
        "notifications.personalisation": 3,
        "letters.address": 0,
        "letter_pictures.preview": 0,
        "provider_credentials.value": 0,
        "inbound_sms.content": 0,
        "idempotency_keys.response": 0,
        "service-callbacks jobs": 1,
        "service-callbacks-retry jobs": 0,
        "service-callbacks-replay jobs": 0,
        "service-callbacks-parked jobs": 0,
        "inbound-sms jobs": 0,
        "process-rows jobs": 0,
        "dead-letters jobs": 0,
        "letters' PDFs": 0,
        "letters' pictures": 0,
        "printer's files": 0,
        "batches' files": 0,
      },
    });
    expect(second).toEqual({ code: 0, out: 'Nothing to do: everything is under the key "new"', err: "" });
    const onlyNew = await createCipher([keys.new]);
    expect((await findService(cli.sql, onlyNew, service))?.apiKeys).toHaveLength(1);
    const target = await findCallbackTarget(cli.sql, service, "delivery_status");
    expect(await onlyNew.decrypt(target?.bearerToken ?? "", bearerTokenOf(target?.id ?? ""))).toBe(
      "a-secret-token",
    );
    for (const { id, personalisation } of await cli.sql`
      select id, personalisation from notifications where personalisation is not null`) {
      expect(await onlyNew.decrypt(personalisation, personalisationOf(id))).toBe('{"name":"Ada"}');
    }
    const [job] = await cli.sql`select data from pgboss.job`;
    expect(await onlyNew.decrypt(job?.data.body, callbackBodyOf(callbackSubject))).toBe("{}");
    expect(job?.data).toMatchObject({ v: 1, attempt: 1, serviceId: service });
  });

  test("goes through more than one page, and goes on where it stopped", async () => {
    await using cli = await openCli();
    await fill(cli, { notifications: 2500 });
    const both = await createCipher([keys.new, keys.old]);
    const stopped = await cli.runWith({ cipher: stopsAfter(both, 1500) }, "keys", "rotate");
    const [kept] =
      await cli.sql`select count(*)::int as n from notifications where personalisation like 'new.%'`;

    const { code, err } = await cli.runWith({ cipher: both }, "keys", "rotate");

    expect(stopped.code).toBe(1);
    // One row of the first page may be without personalisation.
    expect(kept?.n).toBeWithin(999, 1001);
    expect(code).toBe(0);
    expect(err).toContain("looked at");
    expect(await cli.sql`select from notifications where personalisation like 'old.%'`).toHaveLength(0);
  });

  test("reaches every answer kept under an idempotency key, whatever its characters", async () => {
    await using cli = await openCli();
    const both = await createCipher([keys.new, keys.old]);
    const kept: { service_id: string; key_type: KeyType; key: string; response: string }[] = [];
    const services = [crypto.randomUUID(), crypto.randomUUID()];
    const names = [
      "~",
      "!",
      ":",
      "A",
      "a",
      "x".repeat(255),
      ...Array.from({ length: 400 }, (_, n) => `k-${n}`),
    ];
    for (const service_id of services) {
      for (const key_type of ["normal", "team", "test"] as const) {
        for (const key of names) {
          const response = await cli.cipher.encrypt("{}\n", keptResponseOf(service_id, key_type, key));
          kept.push({ service_id, key_type, key, response });
        }
      }
    }
    await cli.sql`
      insert into idempotency_keys (service_id, key_type, key, created_at, fingerprint, response)
      select service_id, key_type, key, now(), '', response from json_to_recordset(${JSON.stringify(kept)}::text::json)
        as k (service_id uuid, key_type text, key text, response text)`;

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({ "idempotency_keys.response": kept.length });
    const onlyNew = await createCipher([keys.new]);
    const rows = await cli.sql<typeof kept>`select service_id, key_type, key, response from idempotency_keys`;
    expect(rows).toHaveLength(kept.length);
    for (const { service_id, key_type, key, response } of rows) {
      expect(await onlyNew.decrypt(response, keptResponseOf(service_id, key_type, key))).toBe("{}\n");
    }
  });

  test("reaches signing secrets, old tokens of callbacks, and what tests of them came to", async () => {
    await using cli = await openCli();
    const serviceId = await cli.service();
    const callback = {
      serviceId,
      type: "complaint" as const,
      url: "https://a.example",
      bearerToken: "old-token-1",
    };
    const { config, signingSecret } = await setCallback(cli.sql, cli.cipher, callback);
    await setCallback(cli.sql, cli.cipher, { ...callback, bearerToken: "new-token-2" });
    const by = { updatedById: null, at: new Date() };
    const rotated = await rotateSigningSecret(cli.sql, cli.cipher, config, by);
    const trialId = crypto.randomUUID();
    await requestTrial(cli.sql, config, trialId, by.at);
    await cli.sql`
      update callback_tests set result = ${await cli.cipher.encrypt("result", trialResultOf(trialId))}`;
    const both = await createCipher([keys.new, keys.old]);

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({
      "service_callback_api.bearer_token": 1,
      "service_callback_api.signing_secret": 1,
      "service_callback_api.previous_signing_secret": 1,
      "service_callback_api_history.bearer_token": 3,
      "callback_tests.result": 1,
    });
    const onlyNew = await createCipher([keys.new]);
    const target = await findCallbackTarget(cli.sql, serviceId, "complaint");
    const secrets = target?.secrets.map(({ secret }) => onlyNew.decrypt(secret, signingSecretOf(config.id)));
    expect(await Promise.all(secrets ?? [])).toEqual([rotated?.signingSecret ?? "", signingSecret ?? ""]);
    const versions =
      await cli.sql`select bearer_token as token from service_callback_api_history order by version`;
    const tokens = versions.map(({ token }) => onlyNew.decrypt(token, bearerTokenOf(config.id)));
    expect(await Promise.all(tokens)).toEqual(["old-token-1", "new-token-2", "new-token-2"]);
    const [trial] = await cli.sql`select result from callback_tests`;
    expect(await onlyNew.decrypt(trial?.result, trialResultOf(trialId))).toBe("result");
  });

  test("reaches every text that was received", async () => {
    await using cli = await openCli();
    const serviceId = await cli.service();
    const both = await createCipher([keys.new, keys.old]);
    const text = { serviceId, notifyNumber: "1", userNumber: "2", content: "Hello", createdAt: new Date() };
    const unknown = { provider: "mmg", providerDate: null, providerReference: null };
    for (const id of [crypto.randomUUID(), crypto.randomUUID()]) {
      await storeReceivedText(cli.sql, cli.cipher, { ...text, ...unknown, id });
    }

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({ "inbound_sms.content": 2 });
    const query = { serviceId, olderThan: null, limit: 10 };
    expect(await listReceivedTexts(cli.sql, await createCipher([keys.new]), query)).toMatchObject([
      { content: "Hello" },
      { content: "Hello" },
    ]);
  });

  test("reaches texts that wait to be stored, those among the dead letters too", async () => {
    await using cli = await openCli();
    const serviceId = await cli.service();
    const both = await createCipher([keys.new, keys.old]);
    const ids = [crypto.randomUUID(), crypto.randomUUID()];
    for (const [at, name] of (["inbound-sms", "dead-letters"] as const).entries()) {
      const subjectId = ids[at] ?? "";
      const body = await cli.cipher.encrypt("text", textJobOf(subjectId));
      await enqueue(cli.sql, [{ name, data: { v: 1, serviceId, subjectId, body } }]);
    }

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({ "inbound-sms jobs": 1, "dead-letters jobs": 1 });
    const onlyNew = await createCipher([keys.new]);
    for (const { data } of await cli.sql`select data from pgboss.job`) {
      expect(await onlyNew.decrypt(data.body, textJobOf(data.subjectId))).toBe("text");
    }
  });

  test("reaches addresses of letters and what we sign in with at providers", async () => {
    await using cli = await openCli();
    const both = await createCipher([keys.new, keys.old]);
    const ids = Array.from({ length: 1500 }, () => crypto.randomUUID());
    const letters = await Promise.all(
      ids.map(async (id, n) => ({
        id,
        reference: String(n).padStart(16, "0"),
        address: n === 0 ? null : await cli.cipher.encrypt("Ada\n1 Mill Lane", letterAddressOf(id)),
      })),
    );
    await cli.sql`
      insert into letters (notification_id, service_id, reference, postage, created_at, address)
      select id, id, reference, 'second', now(), address
      from json_to_recordset(${JSON.stringify(letters)}::text::json) as l (id uuid, reference text, address text)`;
    const at = new Date();
    for (const name of ["password", "api-key"]) {
      const credential = { provider: "dvla", name, value: `${name} of ours`, configured: "first", at };
      await storeCredential(cli.sql, cli.cipher, credential);
    }

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({
      "letters.address": 1499,
      "provider_credentials.value": 2,
    });
    const onlyNew = await createCipher([keys.new]);
    expect((await readCredentials(cli.sql, onlyNew, "dvla")).get("api-key")).toMatchObject({
      value: "api-key of ours",
      configured: "first",
    });
    const [last] = await cli.sql`select address from letters where notification_id = ${ids.at(-1) ?? ""}`;
    expect(await onlyNew.decrypt(last?.address, letterAddressOf(ids.at(-1) ?? ""))).toBe("Ada\n1 Mill Lane");
  });

  test("reaches letters' PDFs and the printer's files", async () => {
    await using cli = await openCli();
    const both = await createCipher([keys.new, keys.old]);
    const storage = postgresStorage(cli.sql, { timeoutMs: 10_000 });
    const pdf = new TextEncoder().encode("%PDF");
    const ids = Array.from({ length: 25 }, () => crypto.randomUUID());
    for (const [n, id] of ids.entries()) {
      await cli.sql`
        insert into letters (notification_id, service_id, reference, precompiled, postage, created_at)
        values (${id}, ${id}, ${String(n).padStart(16, "0")}, ${n % 2 === 0}, 'second', now())`;
      // The last has not been made yet, and one of the others was encrypted since.
      if (n < 24) await storage.put([await sealLetter(n === 1 ? both : cli.cipher, id, "letter", pdf)]);
      if (n % 2 === 0) await storage.put([await sealLetter(cli.cipher, id, "original", pdf)]);
    }
    const fileId = crypto.randomUUID();
    await cli.sql`
      insert into dvla_files (id, name, size, sha256, kind, found_at) values (${fileId}, 'A', 4, '', 'other', now())`;
    await storage.put([await sealDvlaFile(cli.cipher, fileId, pdf)]);

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");
    const again = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({ "letters' PDFs": 36, "printer's files": 1 });
    expect(JSON.parse(again.out).reencrypted).toBe(0);
    const onlyNew = { storage, cipher: await createCipher([keys.new]) };
    for (const [n, id] of ids.entries()) {
      expect(await readLetter(onlyNew, id, "letter")).toEqual(n < 24 ? pdf : null);
      expect(await readLetter(onlyNew, id, "original")).toEqual(n % 2 === 0 ? pdf : null);
    }
    expect(await readDvlaFile(onlyNew, fileId, new AbortController().signal)).toEqual(pdf);
  });

  test("reaches pictures of letters, and what those show that nobody sent", async () => {
    await using cli = await openCli();
    const both = await createCipher([keys.new, keys.old]);
    const storage = postgresStorage(cli.sql, { timeoutMs: 10_000 });
    const png = new TextEncoder().encode("PNG");
    const [drawn, waiting] = [crypto.randomUUID(), crypto.randomUUID()];
    const at = new Date();
    const facts = { serviceId: crypto.randomUUID(), withFaults: false };
    const letter = { notificationId: crypto.randomUUID(), file: "letter" } as const;
    await requestPictures(cli.sql, { id: drawn, ...facts, of: letter, firstPage: 11 }, { at, seen: null });
    await storage.put([await sealPicture(cli.cipher, pictureKey(drawn, 12), png)]);
    const preview = await cli.cipher.encrypt("Dear Ada", letterPreviewOf(waiting));
    await requestPictures(
      cli.sql,
      { id: waiting, ...facts, of: { preview }, firstPage: 1 },
      { at, seen: null },
    );

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({ "letters' pictures": 1, "letter_pictures.preview": 1 });
    const onlyNew = await createCipher([keys.new]);
    expect(
      await readPicture({ storage, cipher: onlyNew }, pictureKey(drawn, 12), new AbortController().signal),
    ).toEqual(png);
    const row = await findWaitingPictures(cli.sql, waiting);
    expect(await onlyNew.decrypt(row?.preview ?? "", letterPreviewOf(waiting))).toBe("Dear Ada");
  });

  test("reaches batches' files, letters not sent yet and the rows of them that wait", async () => {
    await using cli = await openCli();
    const both = await createCipher([keys.new, keys.old]);
    const storage = postgresStorage(cli.sql, { timeoutMs: 10_000 });
    const serviceId = await cli.service();
    const template = { serviceId, name: "Text", type: "sms", content: "Hi", subject: null } as const;
    const templateId = await createTemplate(cli.sql, template);
    const [uploaded, batch] = [crypto.randomUUID(), crypto.randomUUID()];
    await cli.sql`
      insert into job_uploads (id, service_id, original_file_name, template_id, template_version, notification_count,
        valid, faults, created_at)
      values (${uploaded}, ${serviceId}, 'a.csv', ${templateId}, 1, 1, true, '{}', now())`;
    await cli.sql`
      insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count, created_at)
      values (${batch}, ${serviceId}, 'b.csv', ${templateId}, 1, 1, now())`;
    for (const id of [uploaded, batch])
      await storage.put([await sealBatch(cli.cipher, { serviceId, id }, "a,b")]);
    const letter = crypto.randomUUID();
    const pdf = new TextEncoder().encode("%PDF");
    await cli.sql`
      insert into letter_uploads (id, service_id, file_name, created_at) values (${letter}, ${serviceId}, 'a.pdf', now())`;
    await storage.put([await sealLetter(cli.cipher, letter, "original", pdf)]);
    const body = await cli.cipher.encrypt("rows", rowsOf(batch, 500));
    for (const name of ["process-rows", "dead-letters"] as const) {
      await enqueue(cli.sql, [{ name, data: { v: 1, batchId: batch, firstRow: 500, body } }]);
    }

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({
      "batches' files": 2,
      "uploaded letters": 1,
      "process-rows jobs": 1,
      "dead-letters jobs": 1,
    });
    const onlyNew = await createCipher([keys.new]);
    expect(await readLetter({ storage, cipher: onlyNew }, letter, "original")).toEqual(pdf);
    for (const id of [uploaded, batch]) {
      expect(await readBatch({ storage, cipher: onlyNew }, { serviceId, id })).toBe("a,b");
    }
    for (const { data } of await cli.sql`select data from pgboss.job`) {
      expect(await onlyNew.decrypt(data.body, rowsOf(batch, 500))).toBe("rows");
    }
  });

  test("names a file it cannot decrypt, and keeps it", async () => {
    await using cli = await openCli();
    const storage = postgresStorage(cli.sql, { timeoutMs: 10_000 });
    const id = crypto.randomUUID();
    await cli.sql`
      insert into letters (notification_id, service_id, reference, postage, created_at)
      values (${id}, ${id}, ${"A".repeat(16)}, 'second', now())`;
    const damaged = { key: letterKey(id, "letter"), content: new TextEncoder().encode("old\0damaged") };
    await storage.put([damaged]);

    const { code, err } = await cli.runWith(
      { cipher: await createCipher([keys.new, keys.old]) },
      "keys",
      "rotate",
    );

    expect(code).toBe(1);
    expect(err).toContain(`a key not configured: letters/${id}/letter.pdf`);
    expect(await storage.get(damaged.key)).toEqual(damaged.content);
  });

  test("names what it cannot decrypt, does the rest, and keeps what it could not read", async () => {
    await using cli = await openCli();
    await fill(cli, { notifications: 2 });
    const [damaged] = await cli.sql`
      update notifications set personalisation = 'gone.AAAA' where id = (
        select id from notifications where personalisation is not null limit 1) returning id`;
    const both = await createCipher([keys.new, keys.old]);

    const { code, out, err } = await cli.runWith({ cipher: both }, "keys", "rotate");

    expect(code).toBe(1);
    expect(out).toBe('Encrypted 6 values with the key "new"');
    expect(err.split("\n").at(-1)).toBe(
      `Cannot decrypt 1, which are damaged or of a key not configured: notifications.personalisation of ${damaged?.id}`,
    );
    expect(await cli.sql`select from notifications where personalisation = 'gone.AAAA'`).toHaveLength(1);
  });

  test("leaves alone what changed after it was read", async () => {
    await using cli = await openCli();
    await fill(cli, { notifications: 1 });
    const place = places.find(({ name }) => name === "notifications.personalisation");
    const page = await place?.read(cli.sql, { keyId: "new", after: null, limit: 10 });
    const found = page?.find(({ value }) => value !== null);
    await cli.sql`update notifications set personalisation = 'old.other' where id = ${found?.id ?? ""}`;

    const changed = await place?.replace(cli.sql, [
      { id: found?.id ?? "", was: found?.value ?? "", becomes: "new.value" },
    ]);

    expect(changed).toBe(0);
    expect(await cli.sql`select from notifications where personalisation = 'old.other'`).toHaveLength(1);
  });

  test("takes no argument", async () => {
    await using cli = await openCli();

    expect(await cli.run("keys", "rotate", "new")).toMatchObject({ code: 2 });
    expect(await cli.run("keys", "rotate", "--force")).toMatchObject({ code: 2 });
  });
});

/** One that fails after so many values, as if the process had been killed. */
function stopsAfter(cipher: Cipher, values: number): Cipher {
  let left = values;
  return {
    ...cipher,
    async encrypt(plain, purpose) {
      if (left-- === 0) throw new Error("Killed");
      return await cipher.encrypt(plain, purpose);
    },
  };
}

/** Something in each place, under the old key, and notifications without personalisation. */
async function fill(cli: Cli, { notifications }: { notifications: number }) {
  const service = await cli.service();
  await createApiKey(cli.sql, cli.cipher, { serviceId: service, name: "web", type: "normal" });
  await setCallback(cli.sql, cli.cipher, {
    serviceId: service,
    type: "delivery_status",
    url: "https://hall.example",
    bearerToken: "a-secret-token",
  });
  const callbackSubject = crypto.randomUUID();
  const body = await cli.cipher.encrypt("{}", callbackBodyOf(callbackSubject));
  await enqueue(cli.sql, [
    {
      name: "service-callbacks",
      data: {
        v: 1,
        type: "delivery_status",
        serviceId: service,
        subjectId: callbackSubject,
        attempt: 1,
        body,
      },
    },
  ]);
  const rows = [{ id: crypto.randomUUID(), personalisation: null as string | null }];
  for (let n = 0; n < notifications; n++) {
    const id = crypto.randomUUID();
    rows.push({ id, personalisation: await cli.cipher.encrypt('{"name":"Ada"}', personalisationOf(id)) });
  }
  await cli.sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, recipient,
      personalisation, created_at)
    select id, ${service}, ${unknownId}, 1, 'normal', 'sms', '07700900123', personalisation, now()
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (id uuid, personalisation text)`;
  return { service, callbackSubject };
}
