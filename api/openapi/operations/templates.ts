import * as v from "valibot";
import { describedUuid } from "../../v2/schema/fields.ts";
import { TemplatesQuery } from "../../v2/templates/list-templates.ts";
import type { Answer, Operation } from "../operation.ts";
import {
  anyBody,
  anyService,
  missingPersonalisation,
  noResult,
  notId,
  notOneOf,
  unexpected,
} from "../refusals.ts";

const templateId = describedUuid("The template's id.");

const one = (description: string): Answer => ({ status: 200, description, schema: "Template" });

export const templateOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v2/template/{template_id}",
    id: "getTemplate",
    tag: "Templates",
    summary: "Get a template",
    description: "Its latest version, even if it was deleted.",
    secured: true,
    params: v.object({ template_id: templateId }),
    answers: [one("The template.")],
    refusals: [...anyService, ...notId("id"), ...noResult],
  },
  {
    method: "get",
    path: "/v2/template/{template_id}/version/{version}",
    id: "getTemplateVersion",
    tag: "Templates",
    summary: "Get one version of a template",
    secured: true,
    params: v.object({
      template_id: templateId,
      version: v.pipe(
        v.number(),
        v.integer(),
        v.minValue(0),
        v.metadata({ description: "The version; 0 is the latest.", examples: [1] }),
      ),
    }),
    answers: [one("The template as it was.")],
    refusals: [...anyService, ...notId("id"), ...noResult],
  },
  {
    method: "get",
    path: "/v2/templates",
    id: "listTemplates",
    tag: "Templates",
    summary: "List templates",
    description: "Those not deleted, by name, all at once.",
    secured: true,
    query: TemplatesQuery,
    answers: [{ status: 200, description: "The templates.", schema: "Templates" }],
    refusals: [...anyService, ...notOneOf("type"), ...unexpected],
  },
  {
    method: "post",
    path: "/v2/template/{template_id}/preview",
    id: "previewTemplate",
    tag: "Templates",
    summary: "Fill a template without sending it",
    secured: true,
    params: v.object({ template_id: templateId }),
    body: { schema: "PreviewRequest", required: false, example: { personalisation: { name: "Amala" } } },
    answers: [{ status: 200, description: "What it would say.", schema: "Preview" }],
    refusals: [...anyService, ...anyBody, ...notId("id"), ...noResult, ...missingPersonalisation],
  },
];
