module github.com/otelcol-tokencost/otelcol-tokencost

go 1.26.0
