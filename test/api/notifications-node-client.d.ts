/** What the tests use of a client that brings no types. */
declare module "notifications-node-client" {
  interface Answer {
    status: number;
    data: object;
  }

  export class NotifyClient {
    constructor(baseUrl: string, apiKey: string);
    sendSms(templateId: string, phoneNumber: string, options: object): Promise<Answer>;
    sendEmail(templateId: string, emailAddress: string, options: object): Promise<Answer>;
    prepareUpload(file: Uint8Array, options: object): object;
    getNotificationById(id: string): Promise<Answer>;
    getNotifications(type: string, status: string, reference: string, olderThan: string): Promise<Answer>;
  }
}
