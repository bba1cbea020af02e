// n8n takes jivod's changes: a Webhook node, then this in a Code node ("Run Once for All Items"), then what is yours.
//
// Webhook node: method POST, authentication none, respond "When Last Node Finishes" (so that a failing flow is told
// again), option "Raw Body" on. Its production URL is the `url` of the [[sink]]. Start n8n with
// NODE_FUNCTION_ALLOW_BUILTIN=crypto and JIVOD_SECRET=whsec_... (what stands in the secret_file).
// n8n on the same machine: url = "http://127.0.0.1:5678/webhook/..." needs no https.

const crypto = require("crypto")
const { headers } = $input.first().json
const body = await this.helpers.getBinaryDataBuffer(0, "data") // the bytes as they came: they were signed, not the JSON

const secret = $env.JIVOD_SECRET
const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret)
const signed = Buffer.concat([Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`), body])
const expected = Buffer.from("v1," + crypto.createHmac("sha256", key).update(signed).digest("base64"))
const given = Buffer.from(headers["webhook-signature"] || "")
const age = Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]))

if (given.length !== expected.length || !crypto.timingSafeEqual(given, expected) || !(age < 300)) {
  throw new Error("not signed by jivod")
}
// type, timestamp, data; and the id, to be told from one that came twice ("Remove Duplicates" keeps those of before)
return [{ json: { id: headers["webhook-id"], ...JSON.parse(body.toString()) } }]
