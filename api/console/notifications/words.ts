import type { Channel } from "../../../shared/notification/notification.ts";
import type { KeyType } from "../../../shared/service/service.ts";

export const channelWords: Readonly<Record<Channel, string>> = {
  sms: "text",
  email: "email",
  letter: "letter",
};

export const titles = { sms: "Text", email: "Email", letter: "Letter" } as const;

export const keyWords: Readonly<Record<KeyType, string>> = {
  normal: "normal",
  team: "team and guest list",
  test: "test: nobody gets it",
};

export function pathOf({ id, serviceId }: { id: string; serviceId: string }): string {
  return `/console/services/${serviceId}/notifications/${id}`;
}
