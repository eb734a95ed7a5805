package cli

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/configkeys"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// pricing are the flags of the commands that price telemetry.
type pricing struct {
	config    string
	books     []string
	noBuiltin bool
}

func (p *pricing) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.config, "config", "", "`FILE` with what stands under token_cost: in a Collector's configuration")
	f.StringArrayVar(&p.books, "book", nil, "price book `FILE` to lay over the others; can be repeated, the last wins")
	f.BoolVar(&p.noBuiltin, "no-builtin", false, "leave out the built-in price book")
}

// open loads the configuration and the price books.
func (p *pricing) open(cmd *cobra.Command) (*pricer.Pricer, *attrkey.Written, error) {
	cfg := pricer.DefaultConfig()
	if p.config != "" {
		if err := loadConfig(cmd.Context(), p.config, cfg); err != nil {
			return nil, nil, fmt.Errorf("--config %s: %w", p.config, err)
		}
	}
	cfg.PriceBook.Files = append(cfg.PriceBook.Files, p.books...)
	if p.noBuiltin {
		cfg.PriceBook.Builtin = false
		if len(cfg.PriceBook.Files) == 0 {
			return nil, nil, misuse(cmd, "--no-builtin leaves no price book; name one with --book")
		}
	}
	if err := confmap.Validate(cfg); err != nil {
		return nil, nil, fmt.Errorf("--config %s: %w", p.config, err)
	}
	store, err := bookstore.Open(bookstore.Source{Builtin: cfg.PriceBook.Builtin, Files: cfg.PriceBook.Files})
	if err != nil {
		return nil, nil, err
	}
	priced, err := pricer.New(cfg, store)
	if err != nil {
		return nil, nil, err
	}
	return priced, attrkey.Under(cfg.Attributes.Prefix), nil
}

// sectionKey is the key above the configuration in a Collector's.
const sectionKey = "token_cost"

// loadConfig reads a file as the Collector reads its configuration, ${env:…}
// included, into cfg. The file holds what stands under token_cost:, with or
// without that key itself.
func loadConfig(ctx context.Context, file string, cfg *pricer.Config) (err error) {
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{"file:" + file},
		ProviderFactories: []confmap.ProviderFactory{newConfigFile(file), envprovider.NewFactory()},
		DefaultScheme:     "env",
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resolver.Shutdown(ctx)) }()
	conf, err := resolver.Resolve(ctx)
	if err != nil {
		return err
	}
	if conf, err = section(conf); err != nil {
		return err
	}
	return configkeys.Decode(conf, cfg)
}

// configType holds the keys that a configuration has.
var configType = reflect.TypeFor[pricer.Config]()

// configFile provides the file that is the configuration, and refuses it if it
// is no mapping. Other files, which are values written ${file:…}, may be anything.
type configFile struct {
	confmap.Provider
	name string
}

func newConfigFile(name string) confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(s confmap.ProviderSettings) confmap.Provider {
		return &configFile{fileprovider.NewFactory().Create(s), name}
	})
}

// Retrieve reads a file.
func (f *configFile) Retrieve(ctx context.Context, uri string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	if uri != "file:"+f.name {
		return f.Provider.Retrieve(ctx, uri, watch)
	}
	text, err := readFile(f.name, maxSmall)
	if err != nil {
		return nil, err
	}
	var top any
	if err := yaml.Unmarshal(text, &top); err != nil {
		return nil, fmt.Errorf("is not valid YAML: %w", err)
	}
	if _, ok := top.(map[string]any); !ok && top != nil {
		return nil, configkeys.Check("", top, configType)
	}
	return confmap.NewRetrievedFromYAML(text)
}

// section returns what stands under token_cost:, if that is the only key.
func section(conf *confmap.Conf) (*confmap.Conf, error) {
	top := conf.ToStringMap()
	if _, whole := top["processors"]; whole {
		return nil, errors.New("is a whole Collector configuration; give a file with only what stands under the key token_cost of its processors")
	}
	if len(top) != 1 {
		return conf, nil
	}
	for key, value := range top {
		if key != sectionKey && !strings.HasPrefix(key, sectionKey+"/") {
			return conf, nil
		}
		if value == nil {
			return confmap.New(), nil
		}
		if err := configkeys.Check(key, value, configType); err != nil {
			return nil, err
		}
		return conf.Sub(key)
	}
	return conf, nil
}
