/** What a service may ask to be told of, in Notify's words. */
export const callbackTypes = ["delivery_status", "inbound_sms", "complaint", "returned_letter"] as const;

export type CallbackType = (typeof callbackTypes)[number];
