module helm-engine

go 1.26
