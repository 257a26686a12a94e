using BenchmarkDotNet.Running;

// The tool looks for a project file named as the assembly, which carries the product's prefix; so it runs in this
// process.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args, "--inProcess"]);
