// Each of these tests starts ten processes and more, with sessions of a second. Two at a time starve each other on a small machine
// until sessions end for want of a processor, and what is tested then is the machine.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
