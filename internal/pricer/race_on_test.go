//go:build race

package pricer

const raceDetector = true
