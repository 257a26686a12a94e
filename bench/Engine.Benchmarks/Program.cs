using BenchmarkDotNet.Running;
using Lockstep.Engine.Benchmarks;

if (args is ["growth", var folder])
{
    Growth.Write(folder);
    return;
}

// The tool looks for a project file named as the assembly, which carries the product's prefix; so it runs in this
// process.
BenchmarkSwitcher.FromAssembly(typeof(Graphs).Assembly).Run([.. args, "--inProcess"]);
