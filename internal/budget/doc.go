// Package budget keeps what was spent against budgets in calendar periods, and
// finds the moments at which a threshold is crossed. Spend is exact and belongs
// to the period of the call's own time; every crossing becomes one event, which
// waits in an outbox that is stored together with the spend. The package knows
// neither telemetry nor how events are sent.
package budget
