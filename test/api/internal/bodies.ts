import { townSquare } from "../../support/broadcasts.ts";

type Body = Record<string, unknown>;

/**
 * A body that each route takes, by its method and path: what the suites of all routes send, so that a request is not
 * refused before it comes to what it is about. `id` stands where a body names something of a service's; `userId` is a
 * person's. A route that writes to something named by its path must be here, unless it takes no body.
 */
export function bodiesOf(id: string, { userId, serviceId }: { userId: string; serviceId: string }) {
  const template = { content: "Hi", created_by: userId };
  const message = { template_id: id, personalisation: { name: "A", day: "B" } };
  const bodies: Record<string, Body> = {
    "POST /v2/notifications/sms": { ...message, phone_number: "07400900111" },
    "POST /v2/notifications/email": { ...message, email_address: "a@hall.example" },
    "POST /v2/notifications/letter": { ...message, personalisation: { name: "A", day: "B" } },
    "POST /v2/notifications/bulk": { name: "x", template_id: id, rows: [["phone number"], ["07400900111"]] },
    "POST /v2/template/:id/preview": { personalisation: { name: "A", day: "B" } },
    "POST /service": {
      name: "A Service",
      user_id: userId,
      created_by: userId,
      restricted: true,
      email_message_limit: 1,
      sms_message_limit: 1,
      letter_message_limit: 1,
    },
    "POST /service/:service": { prefix_sms: true, volume_sms: 5, notes: "x", permissions: ["sms", "email"] },
    "POST /user": { name: "A", email_address: "new@hall.example", mobile_number: "07400900111" },
    "POST /service/:service/users/:user": { permissions: [{ permission: "send_texts" }] },
    "POST /service/:service/api-key": { name: "Key", key_type: "normal", created_by: userId },
    "POST /service/:service/api-key/revoke/:id": { created_by: userId },
    "POST /service/:service/sms-sender": { sms_sender: "Another", is_default: false },
    "POST /service/:service/sms-sender/:id": { sms_sender: "Another", is_default: true },
    "POST /service/:service/email-reply-to": { email_address: "another@hall.example", is_default: true },
    "POST /service/:service/email-reply-to/:id": { email_address: "a@hall.example", is_default: true },
    "POST /service/:service/email-reply-to/verify": { email: "another@hall.example" },
    "POST /service/:service/letter-contact": { contact_block: "Another", is_default: false },
    "POST /service/:service/letter-contact/:id": { contact_block: "Another", is_default: true },
    "PUT /service/:service/guest-list": { email_addresses: ["a@hall.example"], phone_numbers: [] },
    "POST /service/:service/data-retention": { notification_type: "sms", days_of_retention: 9 },
    "POST /service/:service/data-retention/:id": { days_of_retention: 9 },
    "POST /inbound-number/service/:service": { inbound_number_id: id },
    "POST /service/:service/inbound-sms": { phone_number: "07400900111" },
    "POST /service/:service/inbound-sms/remove": { archive: false },
    "POST /service/:service/callback-api": {
      url: "https://hall.example/told",
      bearer_token: "0123456789",
      updated_by_id: userId,
      callback_type: "complaint",
    },
    "POST /service/:service/callback-api/:id": { updated_by_id: userId, callback_type: "delivery_status" },
    "POST /service/:service/callback-api/:id/rotate-secret": {
      updated_by_id: userId,
      callback_type: "delivery_status",
    },
    "POST /service/:service/callback-api/:id/resume": {
      updated_by_id: userId,
      callback_type: "delivery_status",
    },
    "POST /service/:service/callback-api/:id/test": { callback_type: "delivery_status" },
    "POST /service/:service/callback-replays": { outcome: "any", since: "2026-01-01T00:00:00Z" },
    "POST /service/:service/job": { id, created_by: userId },
    "POST /service/:service/template": {
      ...template,
      name: "Another",
      template_type: "sms",
      service: serviceId,
      parent_folder_id: id,
    },
    "POST /service/:service/template/:template": { ...template, name: "Another" },
    "POST /service/:service/template-folder": { name: "Folder", parent_id: id },
    "POST /service/:service/template-folder/:folder": { name: "Folder" },
    "POST /service/:service/template-folder/contents": { templates: [id], folders: [id] },
    "POST /service/:service/template-folder/:folder/contents": { templates: [id], folders: [id] },
    "POST /service/:service/notifications": { to: "07400900111", template_type: ["sms"] },
    "POST /service/:service/send-notification": {
      ...message,
      to: "07400900111",
      created_by: userId,
      sender_id: id,
    },
    "POST /service/:service/send-pdf-letter": {
      postage: "second",
      filename: "a.pdf",
      created_by: userId,
      file_id: id,
      recipient_address: "A%0AB%0ALS1 4AP",
    },
    "POST /service/:service/billing/free-sms-fragment-limit": { free_sms_fragment_limit: 5 },
    "POST /service/:service/broadcast-message": {
      service_id: serviceId,
      content: "Stay in",
      created_by: userId,
      areas: { names: ["Town"], simple_polygons: [townSquare] },
    },
    "POST /service/:service/broadcast-message/:id": { finishes_at: "2030-01-01T00:00:00Z" },
    "POST /service/:service/broadcast-message/:id/status": { status: "cancelled", created_by: userId },
    "POST /service/:service/set-as-broadcast-service": {
      broadcast_channel: "test",
      service_mode: "training",
      provider_restriction: "all",
    },
    "POST /provider-details/:id": { priority: 5, active: true, reason: "x", created_by: userId },
    "POST /platform-admin/find-by-uuid": { uuid: id },
    "POST /events": { event_type: "x", data: { a: 1 } },
    "POST /letters/returned": { references: ["ABCDEFGH12345678"] },
  };
  return bodies;
}
