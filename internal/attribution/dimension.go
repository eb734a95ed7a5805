package attribution

// Dimension is something that costs are attributed to.
type Dimension uint8

// The dimensions, in the order in which they are written.
const (
	Team     Dimension = iota // who pays inside the organisation
	Feature                   // what of the application made the call
	Customer                  // the tenant or client on whose behalf it was made
	User                      // the person who caused it
	Session                   // the conversation that it is part of
	Agent                     // the agent that made it
	NumDimensions
)

var dimensionNames = [NumDimensions]string{"team", "feature", "customer", "user", "session", "agent"}

// String returns the name of the dimension as in configuration and attribute keys.
func (d Dimension) String() string { return dimensionNames[d] }
