package lint

// exceptions are the ratios that are right although they are unusual.
var exceptions = []exception{}
