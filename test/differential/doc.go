// Package differential compares what calls cost with an independent
// implementation, @pydantic/genai-prices in the version that package.json pins:
// random usages of every model that both know at the same rates have to cost the
// same, or the difference has to be explained by a rule of rules.yaml.
//
// It needs Node 20 or later and the package:
//
//	make differential
//
// Without TOKENCOST_DIFFERENTIAL=1 only what needs neither is tested.
package differential
