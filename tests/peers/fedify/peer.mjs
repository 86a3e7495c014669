// Another server of the fediverse: one account on Fedify, which checks strictly what it is sent.
//
//   node peer.mjs [cavage|rfc9421]     the scheme it signs with first
//
// It listens on a free port of 127.0.0.1 and prints that as one line of JSON. Its keys are made
// at each start and kept in memory only. Tests tell it what to do:
//
//   POST /control/follow {"actor": URL}    POST /control/unfollow {"actor": URL}
//   POST /control/look {"actor": URL, "whole": true}    what it reads there, outbox and all
//   GET  /control/log                      what came in, as it was understood

import { createServer } from "node:http";
import {
  createFederation,
  generateCryptoKeyPair,
  MemoryKvStore,
} from "@fedify/fedify";
import {
  Accept,
  Announce,
  Create,
  Delete,
  Endpoints,
  Follow,
  isActor,
  LanguageString,
  Person,
  Undo,
  Update,
} from "@fedify/vocab";

const FIRST = { cavage: "draft-cavage-http-signatures-12", rfc9421: "rfc9421" };
const ME = "mei";

const log = [];
const pairs = [
  await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
  await generateCryptoKeyPair("Ed25519"),
];

const federation = createFederation({
  kv: new MemoryKvStore(),
  allowPrivateAddress: true,
  firstKnock: FIRST[process.argv[2] ?? "rfc9421"],
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== ME) return null;
    const keys = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Mei",
      inbox: ctx.getInboxUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher((_, identifier) => (identifier === ME ? pairs : []));

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  // what we are not shown without a signature is read with ours
  .setSharedKeyDispatcher(() => ({ identifier: ME }))
  .on(Accept, (ctx, activity) => note(ctx, activity))
  .on(Create, (ctx, activity) => note(ctx, activity))
  .on(Update, (ctx, activity) => note(ctx, activity))
  .on(Delete, (ctx, activity) => note(ctx, activity))
  .on(Announce, (ctx, activity) => note(ctx, activity));

async function note(ctx, activity) {
  const object = await activity.getObject(ctx);
  log.push({
    type: activity.constructor.name,
    id: activity.id?.href,
    actor: activity.actorId?.href,
    object: object == null ? null : await understood(ctx, object),
  });
}

async function understood(ctx, object) {
  const found = {
    type: object.constructor.name,
    id: object.id?.href,
    url: object.url?.href ?? null,
    content: object.content?.toString() ?? null,
    languages: (object.contents ?? [])
      .filter((text) => text instanceof LanguageString)
      .map((text) => text.locale?.toString() ?? text.language?.toString()),
    published: object.published?.toString() ?? null,
    updated: object.updated?.toString() ?? null,
    attributedTo: object.attributionId?.href ?? null,
    key: (await object.getPublicKey?.(ctx))?.id?.href ?? null,
    tags: [],
    attachments: [],
  };
  for await (const tag of object.getTags?.(ctx) ?? []) {
    found.tags.push(tag.name?.toString());
  }
  for await (const one of object.getAttachments?.(ctx) ?? []) {
    found.attachments.push({
      type: one.constructor.name,
      name: one.name?.toString(),
    });
  }
  return found;
}

async function actorAt(ctx, id) {
  const documentLoader = await ctx.getDocumentLoader({ identifier: ME }); // it signs
  const actor = await ctx.lookupObject(id, { documentLoader });
  if (!isActor(actor)) throw new Error(`no actor at ${id}`);
  return actor;
}

async function look(ctx, id, whole) {
  const actor = await actorAt(ctx, id);
  const keys = [];
  for await (const key of actor.getAssertionMethods(ctx)) {
    keys.push(key.publicKey?.algorithm.name ?? null);
  }
  const found = {
    ...(await understood(ctx, actor)),
    name: actor.name?.toString(),
    keys,
  };
  if (!whole) return found; // what was read once is kept for a while
  const outbox = await actor.getOutbox(ctx);
  const first = await outbox?.getFirst(ctx);
  const featured = await actor.getFeatured(ctx);
  return {
    ...found,
    items: await ids(first?.getItems(ctx)),
    pinned: await ids(featured?.getItems(ctx)),
  };
}

async function ids(objects) {
  const found = [];
  for await (const object of objects ?? []) found.push(object.id?.href);
  return found;
}

async function control(path, ctx, given) {
  if (path === "/control/log") return log;
  if (path === "/control/look") return await look(ctx, given.actor, given.whole);
  const actor = await actorAt(ctx, given.actor);
  const follow = new Follow({
    id: new URL(`#follow/${given.number ?? 1}`, ctx.getActorUri(ME)),
    actor: ctx.getActorUri(ME),
    object: actor.id,
  });
  const undo = new Undo({
    id: new URL(`#undo/${given.number ?? 1}`, ctx.getActorUri(ME)),
    actor: ctx.getActorUri(ME),
    object: follow,
  });
  const sent = path === "/control/follow" ? follow : undo;
  await ctx.sendActivity({ identifier: ME }, actor, sent);
  return { sent: sent.id.href };
}

async function answer(request, body) {
  const url = new URL(request.url);
  if (!url.pathname.startsWith("/control/")) {
    return await federation.fetch(request, { contextData: undefined });
  }
  const ctx = federation.createContext(url, undefined);
  const found = await control(url.pathname, ctx, body.length ? JSON.parse(body) : {});
  return Response.json(found);
}

const server = createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one])
    ),
    body: body.length ? body : undefined,
  });
  let response;
  try {
    response = await answer(request, body);
  } catch (error) {
    response = new Response(String(error?.stack ?? error), { status: 500 });
  }
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

const [, , , port = "0"] = process.argv;
server.listen(Number(port), "127.0.0.1", () => {
  console.log(JSON.stringify({ port: server.address().port }));
});
