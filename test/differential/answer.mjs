// Answers questions about prices with @pydantic/genai-prices: one JSON object a
// line on standard input, one answer a line on standard output, in order.
//
//   {"op":"models","provider":"openai"}                        -> {"models":["gpt-4o",...]}
//   {"op":"rates","provider":"openai","model":"gpt-4o","at":…} -> {"model":"gpt-4o","rates":{"input_mtok":2.5,...},"tiers":[272000]}
//   {"op":"price",...,"usage":{"input_tokens":1000,...}}       -> {"total":0.0025}
//
// at is in milliseconds since 1970. What the package refuses comes as {"error":"…"}.
import { createInterface } from 'node:readline'
import { calcPrice, findProvider } from '@pydantic/genai-prices'

function models({ provider }) {
  const found = findProvider({ providerId: provider })
  // The package also finds providers by patterns; here only the one of that id is meant.
  if (found?.id !== provider) throw new Error(`no provider ${provider}`)
  return { models: found.models.map((m) => m.id) }
}

function calculate({ provider, model, at, usage }) {
  return calcPrice(usage, model, { providerId: provider, timestamp: new Date(at) })
}

function rates(question) {
  const result = calculate({ ...question, usage: {} })
  if (result === null) return { error: 'not found' }
  const base = {}
  const tiers = new Set()
  for (const [key, price] of Object.entries(result.model_price)) {
    base[key] = typeof price === 'number' ? price : price.base
    for (const tier of price.tiers ?? []) tiers.add(tier.start)
  }
  return { model: result.model.id, rates: base, tiers: [...tiers] }
}

function price(question) {
  const result = calculate(question)
  return result === null ? { error: 'not found' } : { total: result.total_price }
}

const operations = { models, rates, price }

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  let answer
  try {
    answer = operations[question.op](question)
  } catch (error) {
    answer = { error: error.message }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
