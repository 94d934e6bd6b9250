// DVAE
