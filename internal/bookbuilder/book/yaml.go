package book

import "go.yaml.in/yaml/v3"

// UnmarshalYAML accepts one rule or a list of rules.
func (r *Rules) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		var list []Rule
		if err := n.Decode(&list); err != nil {
			return err
		}
		*r = list
		return nil
	}
	var one Rule
	if err := n.Decode(&one); err != nil {
		return err
	}
	*r = Rules{one}
	return nil
}
