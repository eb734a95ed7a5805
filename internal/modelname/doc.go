// Package modelname takes model names apart. Every provider, and every gateway
// in front of one, spells the same model differently; this package removes what
// cannot change the price (paths, router prefixes, regions, client flags), says
// what it learned on the way (vendor, router, region), and lists the shorter
// names that a version tag leaves behind. It knows no models and no prices:
// which of the names exists, and whether a version tag may be dropped, is for
// the price book to say.
//
// The grammars are closed. A name that is not spelt as its grammar says is left
// whole, so that only an exact row or alias can claim it; nothing is ever cut at
// a place that is not the edge of a declared part.
//
// # Order of use
//
// Look up [Name.Full], then [Name.ID], and then, only for models that allow it,
// each of [Name.Bases] from the first. A caller that does not know the provider
// parses with [Generic] and may infer it from Router, Vendor and Grammar. Where a
// name contradicts the provider that was told, Grammar differs from the one asked
// for; the ID is then spelt as that grammar spells it, and need not be one of the
// told provider. A provider of one's own whose ids have slashes wants [Hosted].
//
// # Parts, from the outside
//
//	[1m]                                    client flag for a long context window: removed, Flags
//	azure/  bedrock/  vertex_ai/  groq/ …   router prefix: removed, Router; the rest is read in its grammar
//	bedrock/ [converse/|invoke/] [REGION/]  call route: removed; REGION is Geo
//	arn:aws*:bedrock:R:A:foundation-model/X, …:inference-profile/X
//	                                        X; R is Geo, unless X has a scope
//	arn:… of any other resource             opaque: ID is the whole ARN, Geo stays empty, as the ARN
//	                                        tells where the resource is and not where the call went
//	models/X                                X, of Gemini
//	publishers/V/models/X                   X, of Vertex; V is Vendor
//	projects/P/locations/L/publishers/V/models/X
//	                                        the same; L is Geo
//	accounts/A/models/X, …/routers/X        kept whole: that is how Fireworks ids look
//	V/X, V a known vendor                   X; V is Vendor
//	V/X, for providers that sell the models of many vendors
//	                                        kept whole, as their ids look so; V is Vendor
//	us. eu. apac. au. jp. ca. sa. in. us-gov. global.
//	                                        Bedrock scope before a vendor: removed, Geo
//	ft:BASE:ORG:SUFFIX:ID                   fine-tuned: ID is ft:BASE; SUFFIX may be empty,
//	                                        :ckpt-step-N may follow
//
// Flags that may change the price stay on the ID, and a version tag before one
// is not at the end and stays too: :free :online :nitro :floor :thinking :exacto
// -fast -thinking -latest.
//
// # Version tags
//
// Each is taken off the end of the ID at most once, in this order; every step
// gives one of [Name.Bases]. Dates must be possible ones (months 01 to 12, days
// 01 to 31, years 2000 to 2099, two-digit years 20 to 49), and a letter or digit
// must stand before the tag.
//
//	generic    -YYYY-MM-DD -YYYYMMDD
//	openai     -YYYY-MM-DD -MMDD
//	azure      -YYYY-MM-DD -YYYYMMDD -MMDD -YYMM
//	anthropic  -YYYYMMDD
//	bedrock    :200k; then :M; then -vN (-1 after openai.gpt-oss-…); then -YYYYMMDD
//	gemini     -0NN -MM-YYYY -MM-DD
//	vertex     @default @latest @0NN @YYYYMMDD; then -0NN -MM-YYYY -MM-DD -YYMM -YYYYMMDD; then @YYMM
//	mistral    -YYMM
//	cohere     -MM-YYYY
//	xai        -MMDD
//	zhipu      -MMDD -YYMMDD
//	hosted     -YYYY-MM-DD -YYYYMMDD
//
// Parsing takes a number of steps that is a constant times the length, which is
// at most [MaxLength], and does not allocate for lower-case ASCII.
package modelname
