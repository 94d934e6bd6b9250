import Testing

@testable import mnist

/// The polynomial in small: 8 latents, one seed.
///
/// Its latents do not meddle with each other, so the bands are those of 128; where straight-through stalls is known in
/// closed form.
@Suite struct PolynomialProgramTests {
    static let bands: [(exponent: Double, method: String, band: ClosedRange<Double>)] = [
        (2, "exact", 0.2025...0.2030),
        (2, "reinforce, batch baseline", 0.2025...0.2050),
        (2, "reinmax", 0.2025...0.2050),
        (2, "straight_through", 0.2455...0.2480),
        (2, "straight_through_gumbel, τ = 1", 0.2430...0.2475),
        (1.5, "reinmax", 0.3018...0.3075),
        (1.5, "straight_through_gumbel, τ = 1", 0.345...0.3549),
        (3, "reinmax", 0.0911...0.0925),
        (3, "straight_through_gumbel, τ = 1", 0.115...0.1288),
    ]

    @Test(arguments: bands.indices) func endsInItsBand(index: Int) throws {
        let (exponent, name, band) = Self.bands[index]
        var program = PolynomialProgram(exponent: exponent)
        program.latentCount = 8
        let method = try #require(PolynomialCommand.methods.first { $0.name == name }).method
        let loss = try program.run(method, seed: 1)
        #expect(band.contains(loss), "p = \(exponent), \(name): \(loss), want \(band)")
    }
}
