import { type Context, Hono } from "hono";
import * as v from "valibot";
import { createAccount, findAccountByAddress } from "../../../shared/user/accounts.ts";
import {
  addMember,
  isLastManager,
  listMembers,
  removeMember,
  setMemberPermissions,
} from "../../../shared/user/members.ts";
import { newPassword } from "../../../shared/user/new-password.ts";
import { rolePermissions } from "../../../shared/user/roles.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { PersonFields } from "../people/create.tsx";
import { passwordPage } from "../people/password-page.tsx";
import { limitForm, readForm } from "../read-form.ts";
import { addPage, memberPage, membersPage } from "./pages.tsx";
import { memberPermissions } from "./permissions.ts";

type MemberDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "passwords">;

const NewMember = v.object({
  ...PersonFields,
  role: v.picklist(["manager", "viewer"], "Choose what they may do"),
});
const Rights = v.object({ permissions: v.array(v.picklist(memberPermissions, "Choose from the list")) });
const Nothing = v.object({});

/** The people of a service. */
export function memberPages(deps: MemberDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/members";
  const path = (c: Context<ConsoleEnv>) => `/console/services/${c.var.service.id}/members`;
  const list = (c: Context<ConsoleEnv>) => deps.ask((sql) => listMembers(sql, c.var.service.id));
  const getMember = async (c: Context<ConsoleEnv>) => {
    const id = parseUuid(c.req.param("user") ?? "");
    const member = (await list(c)).find((one) => one.id === id);
    if (!member) throw notThere();
    return member;
  };

  pages.get(at, async (c) => membersPage(c, await list(c)));
  pages.get(`${at}/new`, (c) => addPage(c, {}));

  pages.post(`${at}/new`, limitForm, async (c) => {
    const form = await readForm(c, NewMember);
    if (!form.ok) return addPage(c, form.typed, form.faults);
    const { name, email, role } = form.value;
    const known = await deps.ask((sql) => findAccountByAddress(sql, email));
    const id = known?.id ?? deps.newId();
    const deed = { action: "member.add", subject: `user ${id}` };
    return await audited(c, deps, deed, async () => {
      const password = known ? null : newPassword();
      if (password !== null) {
        const account = { id, name, emailAddress: email, isOperator: false, createdAt: deps.now() };
        const hash = await deps.passwords.hash(password);
        const isNew = await deps.ask((sql) => createAccount(sql, { ...account, password: hash }));
        if (!isNew) throw new Fault(409, "Somebody got that email address at the same moment: try again");
      }
      const serviceId = c.var.service.id;
      const permissions = rolePermissions[role];
      const outcome = await deps.ask((sql) => addMember(sql, { serviceId, userId: id, permissions }));
      if (outcome !== "added") {
        const already = { email: "This person is a member already" };
        return { value: await addPage(c, form.typed, already), refused: true };
      }
      const value =
        password === null
          ? redirectWith(c, path(c), `Added ${known?.name}`)
          : await passwordPage(c, { id, name, password });
      return { value, after: { role } };
    });
  });

  pages.get(`${at}/:user`, async (c) => memberPage(c, await getMember(c)));

  pages.post(`${at}/:user`, limitForm, async (c) => {
    const member = await getMember(c);
    const form = await readForm(c, Rights, { lists: ["permissions"] });
    if (!form.ok) return memberPage(c, member, form.faults);
    const { permissions } = form.value;
    const deed = {
      action: "member.permissions",
      subject: `user ${member.id}`,
      before: { permissions: member.permissions },
    };
    return await audited(c, deps, deed, async () => {
      const change = { serviceId: c.var.service.id, userId: member.id, permissions };
      const outcome = await deps.ask((sql) => setMemberPermissions(sql, change));
      if (outcome === "none") throw notThere();
      if (outcome === "last") return { value: await memberPage(c, member, lastManager), refused: true };
      return { value: redirectWith(c, path(c), `Saved what ${member.name} may do`), after: { permissions } };
    });
  });

  pages.post(`${at}/:user/remove`, limitForm, async (c) => {
    await readForm(c, Nothing);
    const member = await getMember(c);
    const serviceId = c.var.service.id;
    const deed = {
      action: "member.remove",
      subject: `user ${member.id}`,
      before: { permissions: member.permissions },
    };
    return await audited(c, deps, deed, async () => {
      const isLast = await deps.ask((sql) => isLastManager(sql, serviceId, member.id));
      const outcome = isLast
        ? "last"
        : await deps.ask((sql) => removeMember(sql, { serviceId, userId: member.id }));
      if (outcome === "none") throw notThere();
      if (outcome === "last") return { value: await memberPage(c, member, lastManager), refused: true };
      return { value: redirectWith(c, path(c), `${member.name} is no member any more`) };
    });
  });
  return pages;
}

const lastManager = { "": "This is the last manager of the service: make another one first" };
